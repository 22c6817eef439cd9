/**
 * `<clock>` and the three `on_…` actions.
 */
import type { DomainDefinition, LifecycleAction } from '../definition';
import { attributePlace, refusal } from '../xml/source-location';
import { keepRest } from '../xml/raw';
import { childOf, readElement, readText, type ParseSession, type Reading } from '../xml/reading';
import { clockVocabulary } from '../xml/vocabulary';

const carriedOffsets = ['utc', 'localtime'];
const offsets = [...carriedOffsets, 'variable', 'timezone', 'absolute'];
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

const carriedActions: readonly LifecycleAction[] = ['destroy', 'restart'];
const actions: readonly LifecycleAction[] = [...carriedActions, 'rename-restart', 'preserve'];
const crashActions: readonly LifecycleAction[] = [
  ...actions,
  'coredump-destroy',
  'coredump-restart',
];

/** The offset; `utc` when absent. @throws DefinitionError CONFIG_UNSUPPORTED or XML_ERROR. */
export function parseClock(domain: Reading, session: ParseSession): string {
  const at = childOf(domain, 'clock');
  if (at === undefined) return 'utc';
  const reading = readElement(at, clockVocabulary, session.later);
  const offset = reading.attributes.get('offset') ?? 'utc';
  const place = attributePlace(at, 'offset');
  if (!offsets.includes(offset)) {
    throw refusal('CONFIG_UNSUPPORTED', `unknown clock offset '${offset}'`, place);
  }
  if (!carriedOffsets.includes(offset)) session.later.push({ ...place, value: offset });
  for (const timer of reading.keptChildren) {
    const name = timer.element.attributes.find((attribute) => attribute.name === 'name')?.value;
    if (name === undefined || !timerNames.includes(name)) {
      const detail = `Invalid value for attribute 'name' in element 'timer': '${name ?? ''}'`;
      throw refusal('XML_ERROR', detail, attributePlace(timer, 'name'));
    }
  }
  keepRest(reading, session);
  return offset;
}

/** What happens at each end of the container. @throws DefinitionError CONFIG_UNSUPPORTED. */
export function parseLifecycle(
  domain: Reading,
  session: ParseSession,
): Pick<DomainDefinition, 'onPoweroff' | 'onReboot' | 'onCrash'> {
  const read = (name: string, known: readonly LifecycleAction[]): LifecycleAction | undefined => {
    const at = childOf(domain, name);
    const text = readText(at, session.later);
    if (at === undefined || text === undefined) return undefined;
    const action = known.find((candidate) => candidate === text);
    if (action === undefined) {
      throw refusal('CONFIG_UNSUPPORTED', `unknown ${name} action: ${text}`, at);
    }
    if (!carriedActions.includes(action)) {
      session.later.push({ path: at.path, position: at.position, value: action });
    }
    return action;
  };
  return {
    onPoweroff: read('on_poweroff', actions) ?? 'destroy',
    onReboot: read('on_reboot', actions) ?? 'restart',
    onCrash: read('on_crash', crashActions) ?? 'destroy',
  };
}
