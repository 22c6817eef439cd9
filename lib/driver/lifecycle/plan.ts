/** What a start would do: the plan of a stored domain, or of an XML text. */
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

/** @throws DefinitionError; TslxcError NO_DOMAIN, and ACCESS_DENIED for a name; as `planStart`. */
export async function planDomain(session: Session, target: PlanTarget): Promise<Plan> {
  if ('xml' in target) {
    session.checkOpen();
    return written(await planStart(session, session.parse(target.xml).definition));
  }
  session.requireAccess('read', 'Connection.plan');
  const definition = session.store.read(target.name);
  if (definition !== undefined) return written(await planStart(session, definition));
  throw noDomain(`no domain with matching name '${target.name}'`);
}

/** As JSON it is what `tslxc plan --json` prints. */
function written(plan: Plan): Plan {
  return exactJson(plan, hexadecimal);
}
