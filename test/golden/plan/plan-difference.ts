/** What differs between two compiled plans: the operations and fields that were added, removed or changed. */

/** A plan with its cgroups as JSON has it. */
export type PlanJson = Readonly<Record<string, unknown>>;

/** A part of a plan, such as `plan.inside`: a line for each of its operations or fields, no line twice. */
interface Part {
  readonly name: string;
  readonly lines: readonly string[];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An operation as `makeNode tree="dev" path="null"`, everything else as JSON. */
function textOf(value: unknown): string {
  if (!isRecord(value)) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, field]) =>
    key === 'op' || key === 'step' ? String(field) : `${key}=${JSON.stringify(field)}`,
  );
  return fields.join(' ');
}

/** A line that stands in the same part before gets its number, so that a line names one place of the plan. */
function numbered(lines: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return lines.map((line) => {
    const count = (seen.get(line) ?? 0) + 1;
    seen.set(line, count);
    return count === 1 ? line : `${line} (${count})`;
  });
}

function fieldLines([key, value]: readonly [string, unknown]): readonly string[] {
  if (!Array.isArray(value)) return [`${key} ${textOf(value)}`];
  if (value.length === 0) return [`${key}[]`];
  return value.map((element) => `${key}[] ${textOf(element)}`);
}

function partsOf(json: PlanJson): readonly Part[] {
  return Object.entries(json).flatMap(([owner, fields]) => {
    if (!isRecord(fields)) throw new TypeError(`${owner} is not an object`);
    return Object.entries(fields).map(([key, value]): Part => {
      const lines = isRecord(value)
        ? Object.entries(value).flatMap(fieldLines)
        : Array.isArray(value)
          ? value.map(textOf)
          : [textOf(value)];
      return { name: `${owner}.${key}`, lines: numbered(lines) };
    });
  });
}

/** For each i and j: how many lines the rest of `before` from i and the rest of `after` from j have in common. */
function commonLengths(
  before: readonly string[],
  after: readonly string[],
): readonly Uint16Array[] {
  const lengths = Array.from(
    { length: before.length + 1 },
    () => new Uint16Array(after.length + 1),
  );
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const [below, right] = [lengths[i + 1]?.[j] ?? 0, lengths[i]?.[j + 1] ?? 0];
      const both = (lengths[i + 1]?.[j + 1] ?? 0) + 1;
      lengths[i]?.set([before[i] === after[j] ? both : Math.max(below, right)], j);
    }
  }
  return lengths;
}

/** Removed lines with `-`, added ones with `+`, and the line that both have before them, which says where. */
function changedLines(before: readonly string[], after: readonly string[]): readonly string[] {
  const lengths = commonLengths(before, after);
  const changes: string[] = [];
  let place: string | undefined;
  const change = (line: string): void => {
    if (place !== undefined) changes.push(` ${place}`);
    place = undefined;
    changes.push(line);
  };
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [removed, added] = [before[i], after[j]];
    const keepsMore = (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0);
    if (removed === added) {
      place = removed;
      i++;
      j++;
    } else if (removed !== undefined && (added === undefined || keepsMore)) {
      change(`-${removed}`);
      i++;
    } else {
      change(`+${added}`);
      j++;
    }
  }
  return changes;
}

/**
 * `before` and what is written here give `after` again: nothing of a plan is left out but what is the same in both.
 * A part that only one of the two has is all removed or all added.
 */
export function planDifference(before: PlanJson, after: PlanJson): readonly string[] {
  const parts = { before: partsOf(before), after: partsOf(after) };
  const names = new Set([...parts.before, ...parts.after].map(({ name }) => name));
  const linesOf = (list: readonly Part[], name: string): readonly string[] =>
    list.find((part) => part.name === name)?.lines ?? [];
  return [...names].flatMap((name) => {
    const changes = changedLines(linesOf(parts.before, name), linesOf(parts.after, name));
    return changes.length === 0 ? [] : [`@@ ${name} @@`, ...changes];
  });
}
