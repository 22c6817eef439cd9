/** What a start would do: the plan of a stored domain, or of an XML text. */
import { constants as system } from 'node:os';
import { TslxcError } from '../../errors';
import { hasErrno } from '../../host/state/file-error';
import { hiddenDirectories } from '../../host/state/state-paths';
import type { Plan } from '../../plan/operation';
import { exactJson, hexadecimal } from '../exact-json';
import { noDomain } from '../lookup/lookup';
import type { Session } from '../session/session';
import { planStart } from './start';

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

/** @throws DefinitionError; TslxcError NO_DOMAIN, and ACCESS_DENIED for a name; as `planText`. */
export async function planDomain(session: Session, target: PlanTarget): Promise<Plan> {
  if ('xml' in target) {
    session.checkOpen();
    return written(await planText(session, target.xml));
  }
  session.requireAccess('read', 'Connection.plan');
  const definition = session.store.read(target.name);
  if (definition !== undefined) return written(await planStart(session, definition));
  throw noDomain(`no domain with matching name '${target.name}'`);
}

/**
 * Any user may ask for it.
 *
 * @throws TslxcError ACCESS_DENIED when it depends on state that this process may not read: of a network, or of another
 * domain; and as `planStart`.
 */
async function planText(session: Session, xml: string): Promise<Plan> {
  try {
    return await planStart(session, session.parse(xml).definition);
  } catch (error) {
    if (!hasErrno(error, system.errno.EACCES)) throw error;
    const { path = '' } = error as { readonly path?: string };
    const own = hiddenDirectories(session.paths);
    if (!own.some((directory) => path.startsWith(`${directory}/`))) throw error;
    const detail = `needs root (CAP_SYS_ADMIN): this plan depends on ${path}, which only root can read`;
    throw new TslxcError('ACCESS_DENIED', detail, { path, cause: error });
  }
}

/** As JSON it is what `tslxc plan --json` prints. */
function written(plan: Plan): Plan {
  return exactJson(plan, hexadecimal);
}
