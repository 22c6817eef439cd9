/**
 * `<clock>` and the three `on_…` actions.
 */
import type { DomainDefinition, LifecycleAction, TimerDevice } from '../definition';
import { attributeLocation, definitionError } from '../xml/source-location';
import { keepRest } from '../xml/raw';
import {
  childOf,
  childrenOf,
  readElement,
  type LocatedElement,
  type Reading,
} from '../xml/reading';
import type { ParseSession } from '../parse-session';
import type { UnsupportedElement } from '../xml/unsupported';
import { valuesOf, type Vocabulary } from '../xml/vocabulary';
import {
  actionVocabulary,
  clockVocabulary,
  crashVocabulary,
  otherLocalTimer,
  timerNames,
} from './vocabulary';

/** The offset is `utc` if there is no `<clock>`. @throws DefinitionError CONFIG_UNSUPPORTED or XML_ERROR. */
export function parseClock(
  domain: Reading,
  session: ParseSession,
): Pick<DomainDefinition, 'clockOffset' | 'timers'> {
  const at = childOf(domain, 'clock');
  if (at === undefined) return { clockOffset: 'utc' };
  const reading = readElement(at, clockVocabulary, session);
  const offset = reading.attributes.get('offset') ?? 'utc';
  if (!Object.hasOwn(valuesOf(clockVocabulary, 'offset'), offset)) {
    const location = attributeLocation(at, 'offset');
    throw definitionError('CONFIG_UNSUPPORTED', `unknown clock offset '${offset}'`, location);
  }
  const keptChildren = childrenOf(reading, 'timer');
  const timers = keptChildren.flatMap((timer): TimerDevice[] => {
    const read = readTimer(timer, offset);
    if ('name' in read) return [read];
    session.unsupported.push(read);
    return [];
  });
  // libvirt's default, which it prints.
  const basis = reading.attributes.get('basis') ?? (offset === 'variable' ? 'utc' : undefined);
  const filled = basis === undefined ? [] : [{ name: 'basis', value: basis }];
  const keptAttributes = [...reading.keptAttributes, ...filled];
  keepRest({ ...reading, keptAttributes, keptChildren }, session);
  return { clockOffset: offset, ...(timers.length === 0 ? {} : { timers }) };
}

/** The device of a `<timer>`, or why it is not carried out. @throws DefinitionError XML_ERROR for a timer that libvirt doesn't know. */
function readTimer(at: LocatedElement, offset: string): TimerDevice | UnsupportedElement {
  const valueOf = (wanted: string) =>
    at.element.attributes.find(({ name }) => name === wanted)?.value;
  const written = valueOf('name') ?? '';
  const name = timers.find((known) => known === written);
  if (name === undefined) {
    const detail = `Invalid value for attribute 'name' in element 'timer': '${written}'`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'name'));
  }
  const { path, position } = at;
  if (offset !== 'localtime' || valueOf('present') === 'no') {
    return { path, position, ...timerNames[name] };
  }
  if (name === 'rtc' || name === 'hpet') return { name, position };
  const words = `unsupported timer type (name) '${name}'`;
  return { path, position, ...otherLocalTimer, words };
}

const timers = Object.keys(timerNames) as (keyof typeof timerNames)[];

/** What happens each time the container ends. @throws DefinitionError CONFIG_UNSUPPORTED. */
export function parseLifecycle(
  domain: Reading,
  session: ParseSession,
): Pick<DomainDefinition, 'onPoweroff' | 'onReboot' | 'onCrash'> {
  const read = (name: string, vocabulary: Vocabulary): LifecycleAction | undefined => {
    const at = childOf(domain, name);
    if (at === undefined) return undefined;
    const { text } = readElement(at, vocabulary, session);
    if (text === '') return undefined;
    const action = Object.hasOwn(vocabulary.texts, text)
      ? actions.find((known) => known === text)
      : undefined;
    if (action !== undefined) return action;
    throw definitionError('CONFIG_UNSUPPORTED', `unknown ${name} action: ${text}`, at);
  };
  return {
    onPoweroff: read('on_poweroff', actionVocabulary) ?? 'destroy',
    onReboot: read('on_reboot', actionVocabulary) ?? 'restart',
    onCrash: read('on_crash', crashVocabulary) ?? 'destroy',
  };
}

const actions = Object.keys(crashVocabulary.texts) as LifecycleAction[];

/** What an action amounts to for a container. */
export function carriedOutAction(action: LifecycleAction): 'destroy' | 'restart' {
  return action === 'restart' || action === 'rename-restart' || action === 'coredump-restart'
    ? 'restart'
    : 'destroy';
}
