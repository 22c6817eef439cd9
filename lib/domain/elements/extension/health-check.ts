/** `<tslxc:health interval='10000' retries='3'><tslxc:arg>…</tslxc:arg></tslxc:health>`: how a container's health is checked. */
import type { HealthCheck } from '../../definition';
import { enumerated } from '../../xml/enumerated';
import { definitionError } from '../../xml/source-location';
import { childrenOf, readExactly, type LocatedElement } from '../../xml/reading';
import { textVocabulary } from '../../xml/vocabulary';
import { numberWithin } from '../../xml/whole-number';
import { healthVocabulary } from './vocabulary';

/** The longest time, in milliseconds: an hour. */
const longest = 3_600_000;

/** The least and the greatest value of each. Times are in milliseconds. */
export const healthRanges = {
  port: [1, 65_535],
  interval: [1, longest],
  timeout: [1, longest],
  retries: [1, 1000],
  grace: [0, longest],
} as const;

/** The defaults. Times are in milliseconds. */
export const usualHealth: Readonly<Record<'interval' | 'timeout' | 'retries' | 'grace', number>> = {
  interval: 10_000,
  timeout: 5000,
  retries: 3,
  grace: 0,
};

/** @throws DefinitionError XML_ERROR. */
export function parseHealthCheck(at: LocatedElement | undefined): HealthCheck | undefined {
  if (at === undefined) return undefined;
  const reading = readExactly(at, healthVocabulary);
  const argv = childrenOf(reading, 'tslxc:arg').map(wordOfCommand);
  const within = (name: keyof typeof healthRanges): number | undefined => {
    const [from, to] = healthRanges[name];
    return numberWithin(reading, name, { from, to });
  };
  const port = within('port');
  const [program] = argv;
  if ((program === undefined) === (port === undefined)) {
    const detail = `<${at.element.name}> needs a port or the words of a command, and not both`;
    throw definitionError('XML_ERROR', detail, at);
  }
  if (program === '') throw definitionError('XML_ERROR', 'a command needs a program', at);
  const number = (name: keyof typeof usualHealth): number => within(name) ?? usualHealth[name];
  const action = enumerated(reading, 'action', ['none', 'restart']) ?? 'none';
  return {
    probe: port === undefined ? { argv } : { port },
    interval: number('interval'),
    timeout: number('timeout'),
    retries: number('retries'),
    grace: number('grace'),
    action,
    position: at.position,
  };
}

function wordOfCommand(at: LocatedElement): string {
  return readExactly(at, textVocabulary).text;
}
