/** What a start would do: the plan of a stored domain, or of an XML text. */
import { constants as system } from 'node:os';
import type { DomainDefinition } from '../../domain/definition';
import { isolationWarnings } from '../../domain/namespaces/isolation-warnings';
import { atLevel, confinementAt, hardeningOf } from '../../domain/namespaces/level';
import { checkStartable } from '../../domain/validate';
import { startsWithout } from '../../domain/warnings';
import { TslxcError } from '../../errors';
import { visibleSettings } from '../../host/settings';
import { hasErrno } from '../../host/state/file-error';
import { hiddenDirectories } from '../../host/state/state-paths';
import type { Plan } from '../../plan/plan';
import { exactJson, hexadecimal } from '../../exact-json';
import { portsOf } from '../interfaces/ports';
import { levelOf } from '../session/level';
import { noDomain } from '../lookup/lookup';
import { withVolumes } from '../storage/sources';
import type { Session } from '../session/session';
import type { Warning } from '../types';
import { strictness } from './start-input';

/** What `Connection.plan` plans the start of. */
export type PlanTarget =
  | {
      /** Name of a stored domain. */
      readonly name: string;
    }
  | {
      /** A definition: `<domain type='lxc'>`. */
      readonly xml: string;
    };

/** How `Connection.plan` plans a start. */
export interface PlanOptions {
  /** See StartOptions. */
  readonly strict?: boolean | undefined;
  /** Called for each part of the definition that the start would ignore. */
  readonly onWarning?: ((warning: Warning) => void) | undefined;
}

/** @throws DefinitionError; TslxcError NO_DOMAIN, and ACCESS_DENIED for a name; as `planText`. */
export async function planDomain(
  session: Session,
  target: PlanTarget,
  { onWarning, strict = false }: PlanOptions,
): Promise<Plan> {
  const asked = { strict };
  if ('xml' in target) {
    session.checkOpen();
    const { definition } = session.parse(target.xml);
    return written(await planText(session, definition, { ...asked, onWarning }));
  }
  session.requireAccess('read', 'Connection.plan');
  const { name } = target;
  const definition = session.store.read(name);
  if (definition === undefined) throw noDomain(`No domain with matching name '${name}'`);
  const file = session.store.path(name);
  return written(await planStart(session, definition, { ...asked, onWarning, file }));
}

/**
 * Needs no privilege.
 *
 * @throws TslxcError ACCESS_DENIED when the plan depends on state that this process may not read: of a network, or of another
 * domain; and as `planStart`.
 */
async function planText(
  session: Session,
  definition: DomainDefinition,
  asked: AskedPlan,
): Promise<Plan> {
  try {
    return await planStart(session, definition, asked);
  } catch (error) {
    if (!hasErrno(error, system.errno.EACCES)) throw error;
    const { path = '' } = error as { readonly path?: string };
    const own = hiddenDirectories(session.paths);
    if (!own.some((directory) => path.startsWith(`${directory}/`))) throw error;
    const detail = `needs root (CAP_SYS_ADMIN): this plan depends on ${path}, which only root can read`;
    throw new TslxcError('ACCESS_DENIED', detail, { path, cause: error });
  }
}

interface AskedPlan extends Pick<PlanOptions, 'strict'> {
  readonly onWarning: ((warning: Warning) => void) | undefined;
  /** Where the definition is stored. */
  readonly file?: string;
}

/** What a start would do, as far as that is known without allocating anything. @throws as `launch`. */
async function planStart(
  session: Session,
  stored: DomainDefinition,
  { file, onWarning, ...asked }: AskedPlan,
): Promise<Plan> {
  const settings = visibleSettings(session.paths);
  const ofOthers = levelOf(session, () => settings);
  const levelled = atLevel(await withVolumes(session, stored, 'preview'), ofOthers);
  checkStartable(levelled, strictness(settings, asked));
  const definition = session.containers.withUsbPlaces(levelled);
  const hardening = confinementAt(ofOthers);
  const { paths, startTimeout, containers } = session;
  const ports = await portsOf(session, definition, { intent: 'preview' });
  const links = await containers.previewLinks(definition, ports);
  const images = await containers.previewImages(definition);
  const labelling = containers.previewLabelling({ paths, definition, hardening });
  using looks = session.lookers.looks({ within: startTimeout });
  const input = { paths, definition, looks, hardening, startTimeout, links, images, labelling };
  const noDescriptors = { consoleDescriptors: 0, passDescriptors: 0 };
  const { plan } = await containers.prepare({ ...input, ...noDescriptors });
  const isIsolated = hardeningOf(levelled, ofOthers) === 'isolated';
  const ofLevel = isIsolated ? isolationWarnings(levelled) : [];
  for (const one of [...startsWithout(levelled, file), ...ofLevel]) onWarning?.(one);
  return plan;
}

/** As JSON it is what `tslxc plan --json` prints. */
function written(plan: Plan): Plan {
  return exactJson(plan, hexadecimal);
}
