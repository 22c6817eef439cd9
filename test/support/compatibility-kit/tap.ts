/** What a program of the Test Anything Protocol prints (https://testanything.org/tap-specification.html), as data. */

/** One test of the program. */
export interface TapTest {
  readonly result: 'ok' | 'not ok' | 'skipped' | 'todo';
  readonly description: string;
  /** Why it was skipped, or is to be done. */
  readonly reason?: string;
}

export interface Tap {
  /** How many tests it has announced, if it has. */
  readonly planned?: number;
  /** Why it has announced that it has none to run. */
  readonly skipped?: string;
  readonly tests: readonly TapTest[];
  /** Why it has given up. */
  readonly bailedOut?: string;
}

const planPattern = /^1\.\.(\d+)(?:\s*#\s*skip\S*\s*(.*))?$/i;
const testPattern = /^(not ok|ok)\b(?:\s+\d+)?(?:\s+-)?\s*(.*)$/;
const directivePattern = /^(.*?)\s*(?<!\\)#\s*(skip|todo)\S*\s*(.*)$/i;
const bailPattern = /^Bail out!\s*(.*)$/i;

/** Lines that are none of the protocol's, of tests inside of tests too, mean nothing. */
export function parseTap(text: string): Tap {
  const tests: TapTest[] = [];
  let plan: Pick<Tap, 'planned' | 'skipped'> = {};
  let end: Pick<Tap, 'bailedOut'> = {};
  for (const line of text.split('\n').map((one) => one.trimEnd())) {
    const [planLine, count, why] = planPattern.exec(line) ?? [];
    if (planLine !== undefined) {
      plan = { planned: Number(count), ...(Number(count) === 0 ? { skipped: why ?? '' } : {}) };
    }
    const [, word, rest = ''] = testPattern.exec(line) ?? [];
    if (word !== undefined) tests.push(readTest(word as 'ok' | 'not ok', rest));
    const [bail, reason = ''] = bailPattern.exec(line) ?? [];
    if (bail !== undefined) end = { bailedOut: reason };
  }
  return { ...plan, tests, ...end };
}

function readTest(plain: 'ok' | 'not ok', rest: string): TapTest {
  const [, description = rest, directive, reason = ''] = directivePattern.exec(rest) ?? [];
  if (directive === undefined) return { result: plain, description };
  const result = directive.toLowerCase() === 'skip' ? 'skipped' : 'todo';
  return { result, description, reason };
}
