/** What of a printed transcript may differ from run to run. */
import { comparable } from '../../support/documents/transcript';

const shell = (state: string, program = '/bin/sh'): string =>
  `root           1  0.0  0.0   2680  1948 pts/0    ${state.padEnd(4)} 16:17   0:00 ${program}`;

test('a shell that does not wait for its command yet is the same shell', () => {
  for (const state of ['Rs', 'RNs', 'SNs', 'Ds', 'S<s']) {
    expect(comparable(shell(state))).toEqual(comparable(shell('Ss')));
  }
});

test('a process that is stopped, dead or another program is not the same', () => {
  for (const other of [shell('Ts'), shell('Zs'), shell('S'), shell('Ss', '/bin/dash')]) {
    expect(comparable(other)).not.toEqual(comparable(shell('Ss')));
  }
});
