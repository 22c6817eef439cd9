/** Turns a failure that the process which changes devices has reported into the error that the caller gets. */
import { constants } from 'node:os';
import type { SourceLocation } from '../../domain/xml/source-location';
import type { TslxcError } from '../../errors';
import type { Operation } from '../../plan/operation';
import type { FittingPlan } from '../../plan/plan';
import { linkKey, linkWords } from '../interfaces/link-failure';
import { stages } from '../monitor/messages';
import type { MessageNamed, Stage } from '../monitor/messages';
import { reportedFailure, stepOf } from '../monitor/reported-failure';

const { errno } = constants;

/** The XML elements that the objects of a plan come from, by the names that these have in the plan. */
export type FitPlaces = ReadonlyMap<string, SourceLocation>;

export function fitFailure(
  plan: FittingPlan,
  failed: MessageNamed<'failed'>,
  { places, domain }: { readonly places: FitPlaces; readonly domain: string },
): TslxcError {
  const stage: Stage = stages[failed.stage] ?? 'monitor';
  const operations = operationsOf(plan, stage);
  const operation = operations[failed.step];
  const place = operation === undefined ? undefined : placeOf(operation, stage, places);
  const what = 'change of a running container, step';
  const details = {
    errno: failed.error,
    syscall: failed.syscall,
    path: failed.subject,
    domain,
    step: operations.length === 0 ? 'join the container' : stepOf(what, operations, failed.step),
    ...(place === undefined ? {} : { element: place.path, ...place.position }),
  };
  return reportedFailure(wordsFor(operation, failed.error), details);
}

function operationsOf(plan: FittingPlan, stage: Stage): readonly Operation[] {
  return stage === 'outside' || stage === 'inside' || stage === 'attached' ? plan[stage] : [];
}

/** The element of the object that the operation works on. */
function placeOf(
  operation: Operation,
  stage: Stage,
  places: FitPlaces,
): SourceLocation | undefined {
  const fields = Object.entries(operation).filter(([field]) => ['tree', 'device'].includes(field));
  const names = [...fields.map(([, name]) => String(name)), linkKey(operation, stage) ?? ''];
  return names.map((name) => places.get(name)).find((place) => place !== undefined);
}

function wordsFor(operation: Operation | undefined, number: number): string | undefined {
  switch (operation?.op) {
    case 'makeVeth':
    case 'makeMacvlan':
      if (number === errno.EEXIST)
        return `the container has a network interface of this name already`;
      return linkWords(operation, number);
    case 'addNode':
      return nodeWords(operation.path, number);
    case 'attachTree':
      return number === errno.EINVAL
        ? `cannot mount on ${operation.path}: one is a directory, the other is not`
        : undefined;
    case 'detachTree':
      return detachWords(operation.path, number);
    default:
      return linkWords(operation, number);
  }
}

function nodeWords(path: string, number: number): string | undefined {
  if (number === errno.EEXIST) return `the container has a /dev/${path} already`;
  if (number !== errno.EXDEV) return undefined;
  return `/dev/${path} can't be made: its file system is not the one that the container was started with`;
}

function detachWords(path: string, number: number): string | undefined {
  if (number === errno.EBUSY) {
    return `what was attached at ${path} is still mounted in the container, which moves it all the time`;
  }
  if (number !== errno.ESTALE) return undefined;
  return `what is mounted at ${path} in the container is not what was attached there`;
}
