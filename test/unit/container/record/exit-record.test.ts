/** What the end of an init means, and in which of libvirt's words. */
import { meaningOf, shutoffReason } from '../../../../lib/container/record/exit-record';
import type { ExitRecord, ShutoffReason } from '../../../../lib/container/record/exit-record';

const at = { time: 0, boot: 'boot' };
const SIGHUP = 1;
const SIGINT = 2;
const SIGKILL = 9;
const SIGSEGV = 11;

const cases: readonly (readonly [
  string,
  ExitRecord,
  ReturnType<typeof meaningOf>,
  ShutoffReason,
])[] = [
  ['exit code 0', { how: 'exited', code: 0, ...at }, 'poweroff', 'shutdown'],
  ['exit code 3', { how: 'exited', code: 3, ...at }, 'poweroff', 'shutdown'],
  ['power off by reboot(2)', { how: 'killed', signal: SIGINT, ...at }, 'poweroff', 'shutdown'],
  ['restart by reboot(2)', { how: 'killed', signal: SIGHUP, ...at }, 'reboot', 'shutdown'],
  ['SIGKILL from outside', { how: 'killed', signal: SIGKILL, ...at }, 'crash', 'crashed'],
  ['SIGSEGV', { how: 'killed', signal: SIGSEGV, ...at }, 'crash', 'crashed'],
  ['a monitor that died first', { how: 'lost', ...at }, 'crash', 'crashed'],
  [
    'restart by reboot(2) when its monitor was told to end',
    { how: 'killed', signal: SIGHUP, requested: 'shutdown', ...at },
    'poweroff',
    'shutdown',
  ],
  [
    'SIGKILL from outside when its monitor was told to end',
    { how: 'killed', signal: SIGKILL, requested: 'shutdown', ...at },
    'crash',
    'crashed',
  ],
  [
    'destroy',
    { how: 'killed', signal: SIGKILL, requested: 'destroy', ...at },
    'destroy',
    'destroyed',
  ],
  [
    'destroy that came after an exit',
    { how: 'exited', code: 0, requested: 'destroy', ...at },
    'destroy',
    'destroyed',
  ],
];

for (const [end, record, meaning, reason] of cases) {
  test(`${end} is a ${meaning}, and the reason '${reason}'`, () => {
    expect(meaningOf(record)).toBe(meaning);
    expect(shutoffReason(record)).toBe(reason);
  });
}
