/** What all domains are defined as: for what no domain may lose, or have twice. */
import type { DomainDefinition } from '../../domain/definition';
import type { Session } from '../session/session';

/** The definitions of all domains: the stored and the running ones. */
export function* definitionsOf(
  session: Session,
  unread: (error: unknown) => void,
): Iterable<DomainDefinition> {
  const { store, containers, paths } = session;
  const stored = (attempt(() => store.names(), unread) ?? []).map((name) => () => store.read(name));
  const names = attempt(() => containers.runNames(paths), unread) ?? [];
  const running = names.map((name) => () => {
    const state = containers.readRunState(paths, name);
    return state.phase === 'off' ? undefined : session.parse(state.start.xml).definition;
  });
  for (const read of [...stored, ...running]) {
    const definition = attempt(read, unread);
    if (definition !== undefined) yield definition;
  }
}

function attempt<T>(read: () => T, unread: (error: unknown) => void): T | undefined {
  try {
    return read();
  } catch (error) {
    unread(error);
    return undefined;
  }
}
