/** Who carries out an operation of a storm: everybody what it can do. */
import { isOfLibvirt, routed, virshWords } from '../../soak/operations';
import type { DrawnOperation } from '../../soak/operations';

const drawn = { kind: 'domain', subject: 1, verb: 'start', chance: 0.1, run: undefined } as const;
const of = (more: Partial<DrawnOperation>): DrawnOperation => ({ ...drawn, ...more });

test('the program that was drawn does it, or else the caller', () => {
  expect(routed(of({ run: 'virsh' }), 'library').via).toBe('virsh');
  expect(routed(of({ run: 'virsh', verb: 'define' }), 'library').via).toBe('library');
  expect(routed(of({ run: 'virsh', verb: 'define' }), 'python').via).toBe('python');
  expect(routed(of({}), 'python').via).toBe('python');
});

test('what libvirt’s clients can’t do is done by the command', () => {
  expect(routed(of({ run: 'virsh', verb: 'exec' }), 'python').via).toBe('command');
});

test('libvirt’s clients only ask for a shutdown or a reboot', () => {
  for (const [verb, asked] of [
    ['shutdown', 'askShutdown'],
    ['reboot', 'askReboot'],
  ] as const) {
    expect(routed(of({ verb }), 'python').verb).toBe(asked);
    expect(routed(of({ verb, run: 'virsh' }), 'library').verb).toBe(asked);
    expect(routed(of({ verb }), 'library').verb).toBe(verb);
    expect(routed(of({ verb, run: 'command' }), 'python').verb).toBe(verb);
  }
});

test('some starts of virsh end with it', () => {
  expect(virshWords(of({ chance: 0.9 }))).toContain('--autodestroy');
  expect(virshWords(of({}))).not.toContain('--autodestroy');
});

test('the daemon serves virsh and libvirt-python', () => {
  expect((['library', 'command', 'virsh', 'python'] as const).filter(isOfLibvirt)).toEqual([
    'virsh',
    'python',
  ]);
});
