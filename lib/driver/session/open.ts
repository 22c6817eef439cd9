/** What `connect` checks before there is a connection: its options, those of the environment, and the process itself. */
import type { Hardening } from '../../hardening';
import { hardeningLevels } from '../../hardening';
import { TslxcError } from '../../errors';
import { safeLogger, silence } from '../../host/logger';
import { DomainLog, type LogLevel } from '../../host/log/domain-log';
import { statePaths } from '../../host/state/state-paths';
import { longestTime } from '../../shape/shape';
import type { ConnectOptions } from '../types';
import { checkConnectable, readPrivilege } from './access';
import { containers } from './containers';
import { chosenRoot } from './root';
import { Session } from './session';

/** Milliseconds. */
const defaultStartTimeout = 30_000;

/** Milliseconds: some waits are for a little longer than a start may take, by a timer that can't hold more. */
const longestStart = longestTime - 60_000;

/**
 * `ofUri` is the level that the URI of the connection names.
 *
 * @throws TslxcError INVALID_ARG for an option; OPERATION_DENIED for a process with no_new_privs.
 */
export function openSession(options: ConnectOptions, ofUri?: Hardening): Session {
  const { access = 'read-write', logger = silence } = options;
  const root = chosenRoot(options.root);
  const startTimeout = Math.min(options.startTimeout ?? defaultStartTimeout, longestStart);
  const hardening = chooseHardening(options, ofUri);
  checkConnectable(readPrivilege());
  const paths = statePaths(root);
  const level = chooseLevel(options.logLevel ?? process.env['TSLXC_LOG_LEVEL']);
  // A read-only connection changes nothing, and so writes no log either.
  const domainLog =
    access === 'read-write' ? new DomainLog({ directory: paths.logs, level }) : undefined;
  return new Session({
    paths,
    access,
    hardening,
    startTimeout,
    logger: logger === silence ? silence : safeLogger(logger),
    containers,
    ...(domainLog ? { domainLog } : {}),
  });
}

/** Undefined if only the host's settings say it. */
function chooseHardening(
  { hardening }: ConnectOptions,
  ofUri: Hardening | undefined,
): Hardening | undefined {
  if (hardening !== undefined && ofUri !== undefined && hardening !== ofUri) {
    const detail = `hardening is '${hardening}' in the options, and '${ofUri}' in the URI`;
    throw new TslxcError('INVALID_ARG', detail);
  }
  return hardening ?? ofUri ?? levelOfEnvironment();
}

/** The level that the environment names, if any. @throws TslxcError INVALID_ARG. */
export function levelOfEnvironment(): Hardening | undefined {
  const asked = process.env['TSLXC_HARDENING'];
  const level = hardeningLevels.find((known) => known === asked);
  if (level !== undefined || asked === undefined) return level;
  const detail = `hardening '${asked}' is not one of ${hardeningLevels.join(', ')}`;
  throw new TslxcError('INVALID_ARG', detail);
}

function chooseLevel(asked = 'info'): LogLevel {
  if (asked === 'info' || asked === 'debug') return asked;
  throw new TslxcError('INVALID_ARG', `log level '${asked}' is not one of debug, info`);
}
