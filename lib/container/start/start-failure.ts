/** Turns what the monitor reports of a failed start into the error that the caller gets: a message, with its data. */
import { constants } from 'node:os';
import type { SourceLocation } from '../../domain/xml/source-location';
import { describePlace, SyscallError, TslxcError } from '../../errors';
import type { Failure } from '../../errors';
import type { Operation } from '../../plan/operation';
import type { Plan } from '../../plan/plan';
import { linkKey, linkWords } from '../interfaces/link-failure';
import { labelWords, wrongLabel } from '../security/label-failure';
import { executionFailure } from '../monitor/execution-failure';
import { deathReasons, stages } from '../monitor/messages';
import type { MessageNamed, Stage } from '../monitor/messages';
import { reportedFailure, stepOf } from '../monitor/reported-failure';

const { errno } = constants;

/** `places` are the elements of the definition that descriptors and interfaces of the plan come from, by name, and files by path. */
export function startFailure(
  plan: Plan,
  failed: MessageNamed<'failed'>,
  places: ReadonlyMap<string, SourceLocation> = new Map(),
): TslxcError {
  const stage: Stage = stages[failed.stage] ?? 'monitor';
  const domain = plan.header.name;
  const operation = operationOf(plan, stage, failed.step);
  const place =
    operation === undefined ? places.get(failed.subject) : placeOf(operation, stage, places);
  const facts = {
    errno: failed.error,
    syscall: failed.syscall,
    path: failed.subject,
    domain,
    ...(place === undefined ? {} : { element: place.path, ...place.position }),
  };
  switch (stage) {
    case 'outside':
      return stepFailure(facts, stepOf('monitor step', plan.outside, failed.step));
    case 'mapped':
      return mapFailure(plan, failed, {
        ...facts,
        step: stepOf('monitor, after the clone, step', plan.mapped, failed.step),
      });
    case 'inside': {
      const step = stepOf('init step', plan.inside, failed.step);
      return targetFailure(plan, failed, { ...facts, step }) ?? stepFailure(facts, step, operation);
    }
    case 'exec':
      return initFailure(plan, failed);
    case 'deadline':
      return new TslxcError('OPERATION_TIMEOUT', `${failed.subject} (start domain '${domain}')`, {
        domain,
        step: failed.subject,
        errno: failed.error,
        syscall: failed.syscall,
      });
    case 'death':
      return deathFailure(domain, failed);
    case 'label':
      return wrongLabel({ who: 'init', labels: plan.header.labels, domain }, failed);
    case 'monitor':
    case 'attached':
      return stepFailure(facts, 'set up the monitor');
  }
}

function deathFailure(domain: string, failed: MessageNamed<'failed'>): TslxcError {
  const detail = `guest failed to start: init died with ${failed.subject}${deathWords(failed)}`;
  const step = 'init, before it executed its program';
  return new TslxcError('INTERNAL_ERROR', detail, { domain, step });
}

function deathWords({ reason }: MessageNamed<'failed'>): string {
  if (deathReasons[reason] !== 'outOfMemory') return '';
  return ' (oom-killed): <memory>, or <hard_limit> of <memtune>, is less than it needs';
}

function operationOf(plan: Plan, stage: Stage, step: number): Operation | undefined {
  return stage === 'outside' || stage === 'mapped' || stage === 'inside'
    ? plan[stage][step]
    : undefined;
}

/** The element of the object that the operation works on. */
function placeOf(
  operation: Operation,
  stage: Stage,
  places: ReadonlyMap<string, SourceLocation>,
): SourceLocation | undefined {
  const fields = Object.entries(operation).filter(([field]) => ['tree', 'device'].includes(field));
  const names = [...fields.map(([, name]) => String(name)), linkKey(operation, stage) ?? ''];
  return names.map((name) => places.get(name)).find((place) => place !== undefined);
}

function stepFailure(facts: Failure, step: string, operation?: Operation): TslxcError {
  const details = { ...facts, step };
  const words =
    linkWords(operation, facts.errno) ?? labelWords(operation, facts.errno) ?? stepWords(facts);
  return reportedFailure(words, details);
}

/** What an errno means, where its own text misleads. */
function stepWords({ errno: number, syscall, path }: Failure): string | undefined {
  // The monitor's own, for a namespace with another inode. open_tree(2) fails with it, too, for a source on NFS.
  if (number === errno.ESTALE && syscall === 'open') {
    return `the namespace ${path ?? ''} is not the one that was looked up`;
  }
  // From the monitor, which locks the file of a console's `<log>`.
  if (number === errno.EBUSY && syscall === 'flock') {
    return `the log ${path ?? ''} is in use by another running domain or program`;
  }
  // Opening ptmx(4) fails with ENOSPC for a reason that has nothing to do with a disk.
  if (number === errno.ENOSPC && path?.endsWith('ptmx') === true) {
    return 'no pseudo-terminal is free, see kernel.pty.max and kernel.pty.reserve';
  }
  if (number === errno.ENODEV && syscall === 'fsopen') {
    return `this kernel has no file system '${path ?? ''}'`;
  }
  return undefined;
}

/** move_mount(2) fails with EINVAL when one of source and target is a directory, and the other is not. */
function targetFailure(
  plan: Plan,
  failed: MessageNamed<'failed'>,
  details: Failure,
): TslxcError | undefined {
  const attach = plan.inside[failed.step];
  if (attach?.op !== 'attachTree' || failed.error !== errno.EINVAL) return undefined;
  const source = [...plan.outside, ...plan.inside].find(
    (one) => (one.op === 'openTree' || one.op === 'cloneTree') && one.tree === attach.tree,
  );
  if (source?.op !== 'openTree' && source?.op !== 'cloneTree') return undefined;
  const words = `cannot mount ${source.path} on ${attach.path}: one is a directory, the other is not`;
  return new SyscallError(details, `${words}: EINVAL (${describePlace(details)})`);
}

/** mount_setattr(2) fails with EINVAL when a file system of the tree can't be shown with other ids: proc, overlay, … */
function mapFailure(
  plan: Plan,
  failed: MessageNamed<'failed'>,
  details: Failure & { readonly step: string },
): TslxcError {
  const operation = plan.mapped[failed.step];
  if (operation?.op !== 'mapTree' || failed.error !== errno.EINVAL) {
    return stepFailure(details, details.step, operation);
  }
  const words =
    `cannot show ${failed.subject} with the container's ids: its file system, or one that is mounted ` +
    'below it, has no idmapped mounts, see mount_setattr(2)';
  return new SyscallError(details, `${words}: EINVAL (${details.step})`);
}

function initFailure({ header, inside }: Plan, failed: MessageNamed<'failed'>): TslxcError {
  const program = header.argv[0] ?? '';
  return executionFailure(
    {
      who: 'init',
      program,
      notFound: `cannot find init path '${program}' relative to container root`,
      operations: inside,
      domain: header.name,
    },
    failed,
  );
}
