/** The options that virsh takes by position too are taken so here, and in its order. */
import { commandsWith, verbNames } from '../../../lib/cli/shell/verbs';
import { virshPositions } from './virsh-positions';
import type { Command } from '../../../lib/cli/shell/command';

function commandOf(verb: string): Command {
  const command = commandsWith(verb)?.[verb];
  if (command === undefined) throw new Error(`there is no ${verb}`);
  return command;
}

function positionsOf(verb: string): string {
  const { options } = commandOf(verb);
  const shown = options.filter(({ positional }) => positional !== undefined);
  const documented = shown.filter(({ positional }) => positional !== 'undocumented');
  const others = shown.filter(({ positional }) => positional === 'undocumented');
  const names = [...documented, ...(others.length === 0 ? [] : ['/']), ...others];
  return names.map((one) => (typeof one === 'string' ? one : one.name)).join(' ');
}

test.each(Object.entries(virshPositions))('%s takes by position: %s', (verb, expected) => {
  expect(positionsOf(verb)).toBe(expected);
});

test('bare words fill the options of each verb in the order in which they are shown', () => {
  const mixed = Object.keys(virshPositions).filter((verb) => {
    const kinds = commandOf(verb).options.flatMap(({ positional }) => positional ?? []);
    const order = ['required', 'optional', 'undocumented'];
    const places = kinds.map((kind) => order.indexOf(kind));
    return places.some((place, index) => place < (places[index - 1] ?? 0));
  });
  expect(mixed).toEqual([]);
});

/** Verbs that virsh does not have. */
const own =
  'autostart-all clone completion cpuset daemon doctor exec hugepagetune images import logs mkroot pidtune plan pull purge reap ' +
  'rmi run shell top volume wait watch-health';

test('each verb that virsh has and that is carried out here is among them', () => {
  const carriedOut = verbNames.filter((verb) => commandOf(verb).parsing === undefined);
  const unknown = carriedOut.filter((verb) => !Object.hasOwn(virshPositions, verb));
  expect(unknown).toEqual(own.split(' '));
});
