/** `<tslxc:restart policy='on-failure' max='5' delay='500'/>`: whether a container that has failed, or ended, is restarted. */
import type { RestartPolicy } from '../../definition';
import { enumerated } from '../../xml/enumerated';
import { definitionError } from '../../xml/source-location';
import { readExactly, type LocatedElement } from '../../xml/reading';
import { numberWithin } from '../../xml/whole-number';
import { restartVocabulary } from './vocabulary';

/** The longest delay, in milliseconds: an hour. */
const longestDelay = 3_600_000;
const mostRestarts = 1_000_000;

/** @throws DefinitionError XML_ERROR. */
export function parseRestartPolicy(at: LocatedElement | undefined): RestartPolicy | undefined {
  if (at === undefined) return undefined;
  const reading = readExactly(at, restartVocabulary);
  const policy = enumerated(reading, 'policy', ['on-failure', 'always', 'no']);
  if (policy === undefined) {
    const detail = `missing required attribute 'policy' of <${at.element.name}>`;
    throw definitionError('XML_ERROR', detail, at);
  }
  const max = numberWithin(reading, 'max', { from: 1, to: mostRestarts });
  const delay = numberWithin(reading, 'delay', { from: 0, to: longestDelay });
  // After the other values, which are checked in any case.
  if (policy === 'no') return undefined;
  return {
    policy,
    ...(max === undefined ? {} : { max }),
    ...(delay === undefined ? {} : { delay }),
    position: at.position,
  };
}
