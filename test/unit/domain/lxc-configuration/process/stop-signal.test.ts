/** lib/domain/lxc-configuration/process/stop-signal.ts: which `<tslxc:stop>` lxc.signal.halt becomes. */
import { convertConfiguration } from '../../../../../lib/domain/lxc-configuration/convert';
import { parseEntries } from '../../../../../lib/domain/lxc-configuration/lines';
import { Report } from '../../../../../lib/domain/lxc-configuration/report';
import { hostView } from '../../../../support/lxc/host-view';
import { parse } from '../../parse-context';

const file = '/var/lib/lxc/web/config';
const others = ['lxc.rootfs.path = dir:/srv/lxc/web', 'lxc.net.0.type = empty'];

interface Conversion {
  /** Its number, as the definition has it. */
  readonly signal: number | undefined;
  readonly warnings: readonly string[];
}

function convert(...lines: readonly string[]): Conversion {
  const report = new Report();
  const entries = parseEntries([...others, ...lines].join('\n'), file, report);
  const configuration = { entries, fstab: [], files: [file], path: file };
  const { domain } = convertConfiguration(configuration, hostView, report);
  const warnings = report.warnings([file]).map(({ message }) => message);
  return { signal: parse(domain).extension.stopSignal, warnings };
}

test.each([
  ['SIGPWR', 30],
  ['SIGTERM', 15],
  ['SIGUSR2', 12],
  ['SIGRTMIN+0', 34],
  ['SIGRTMIN+3', 37],
  ['SIGRTMIN+30', 64],
  ['SIGRTMAX-1', 63],
  ['SIGRTMAX-30', 34],
  ['sigrtmin+3', 37],
  ['SIGCLD', 17],
  ['SIGIOT', 6],
  ['SIGPOLL', 29],
  ['1', 1],
  ['37', 37],
  ['64', 64],
])('%s is carried over as %d', (value, signal) => {
  expect(convert(`lxc.signal.halt = ${value}`)).toEqual({ signal, warnings: [] });
});

const unhandled = ['SIGKILL', '9', 'SIGSTOP', '19', '32', '33', '65'];

test.each(unhandled)('%s is left out and reported: init can not handle it', (value) => {
  const line = `lxc.signal.halt = ${value}`;
  const { signal, warnings } = convert(line);
  expect(signal).toBeUndefined();
  expect(warnings).toEqual([
    `${line}: no signal that init can handle: it is asked to end by SIGTERM, or as its initctl wants it`,
  ]);
});

test('the last line applies, by whichever name of the key', () => {
  const lines = ['lxc.signal.halt = SIGQUIT', 'lxc.haltsignal = SIGINT'];
  expect(convert(...lines)).toEqual({ signal: 2, warnings: [] });
});

test('an empty value, or 0, asks for the default, which is no <tslxc:stop>', () => {
  const first = 'lxc.signal.halt = SIGQUIT';
  expect(convert(first)).toEqual({ signal: 3, warnings: [] });
  for (const second of ['lxc.signal.halt =', 'lxc.signal.halt = 0']) {
    expect(convert(first, second)).toEqual({ signal: undefined, warnings: [] });
  }
});
