/**
 * The public API: what this file exports is kept stable, and nothing else is. Loading it throws
 * NATIVE_NOT_BUILT, with the command that builds, when the native code is missing.
 */
import { requireBuilt } from './host/built';

export { connect, Connection } from './driver/connection';
export type { DomainEvents } from './driver/connection';
export { Domain } from './driver/domain';
export type {
  ConnectOptions,
  ConsoleOptions,
  DomainEvent,
  DomainInfo,
  DomainState,
  ListFilter,
  Logger,
  StartOptions,
} from './driver/types';
export type { ConsoleStream } from './container/console-stream';
export type { ExitRecord, ShutoffReason } from './container/exit-record';
export type { Hardening } from './domain/definition';
export { makeRoot } from './rootfs/make-root';
export type { MakeRootOptions, RootContent } from './rootfs/make-root';
export type { Operation, Plan, PlanHeader } from './plan/operation';
export { DefinitionError, ProtocolError, SyscallError, TslxcError } from './errors';
export type { ErrorCode, ErrorDetails, Failure } from './errors';

requireBuilt();
