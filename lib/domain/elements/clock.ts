/**
 * `<clock>` and the three `on_…` actions.
 */
import type { DomainDefinition, LifecycleAction } from '../definition';
import { attributeLocation, definitionError } from '../xml/source-location';
import { keepRest } from '../xml/raw';
import { childOf, readElement, readText, type Reading } from '../xml/reading';
import type { ParseSession } from '../parse-session';
import { clockVocabulary } from '../xml/vocabulary';

const supportedOffsets = ['utc', 'localtime'];
const offsets = [...supportedOffsets, 'variable', 'timezone', 'absolute'];
const timerNames = [
  'platform',
  'pit',
  'rtc',
  'hpet',
  'tsc',
  'kvmclock',
  'hypervclock',
  'armvtimer',
];

const supportedActions: readonly LifecycleAction[] = ['destroy', 'restart'];
const actions: readonly LifecycleAction[] = [...supportedActions, 'rename-restart', 'preserve'];
const crashActions: readonly LifecycleAction[] = [
  ...actions,
  'coredump-destroy',
  'coredump-restart',
];

/** The offset; `utc` if there is no `<clock>`. @throws DefinitionError CONFIG_UNSUPPORTED or XML_ERROR. */
export function parseClock(domain: Reading, session: ParseSession): string {
  const at = childOf(domain, 'clock');
  if (at === undefined) return 'utc';
  const reading = readElement(at, clockVocabulary, session.unsupported);
  const offset = reading.attributes.get('offset') ?? 'utc';
  const location = attributeLocation(at, 'offset');
  if (!offsets.includes(offset)) {
    throw definitionError('CONFIG_UNSUPPORTED', `unknown clock offset '${offset}'`, location);
  }
  if (!supportedOffsets.includes(offset)) session.unsupported.push({ ...location, value: offset });
  for (const timer of reading.keptChildren) {
    const name = timer.element.attributes.find((attribute) => attribute.name === 'name')?.value;
    if (name === undefined || !timerNames.includes(name)) {
      const detail = `Invalid value for attribute 'name' in element 'timer': '${name ?? ''}'`;
      throw definitionError('XML_ERROR', detail, attributeLocation(timer, 'name'));
    }
  }
  keepRest(reading, session);
  return offset;
}

/** What happens each time the container ends. @throws DefinitionError CONFIG_UNSUPPORTED. */
export function parseLifecycle(
  domain: Reading,
  session: ParseSession,
): Pick<DomainDefinition, 'onPoweroff' | 'onReboot' | 'onCrash'> {
  const read = (name: string, known: readonly LifecycleAction[]): LifecycleAction | undefined => {
    const at = childOf(domain, name);
    const text = readText(at, session.unsupported);
    if (at === undefined || text === undefined) return undefined;
    const action = known.find((candidate) => candidate === text);
    if (action === undefined) {
      throw definitionError('CONFIG_UNSUPPORTED', `unknown ${name} action: ${text}`, at);
    }
    if (!supportedActions.includes(action)) {
      session.unsupported.push({ path: at.path, position: at.position, value: action });
    }
    return action;
  };
  return {
    onPoweroff: read('on_poweroff', actions) ?? 'destroy',
    onReboot: read('on_reboot', actions) ?? 'restart',
    onCrash: read('on_crash', crashActions) ?? 'destroy',
  };
}
