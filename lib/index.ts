/**
 * The public API: what this file exports is kept stable, and nothing else is. Loading it throws
 * NATIVE_NOT_BUILT, with the command that builds, when the native code is missing.
 */
import { requireBuilt } from './host/built';

export { connect, Connection } from './driver/connection';
export type { DomainEvents, NetworkEvents } from './driver/connection';
export { Domain } from './driver/domain';
export { Network } from './driver/network';
export type {
  ConnectOptions,
  ConsoleOptions,
  DomainEvent,
  DomainInfo,
  DomainState,
  ListFilter,
  NetworkEvent,
  NetworkFilter,
  NetworkInfo,
  StartOptions,
} from './driver/types';
export type {
  AddressSource,
  DomainAddress,
  InterfaceInfo,
  WaitOptions,
} from './driver/interface-types';
export type {
  BlockTuningChange,
  BlockTuningInfo,
  CpuTuningInfo,
  DomainMemory,
  HugepageLimitInfo,
  MemoryLimit,
  MemoryTuningInfo,
  NumaTuningInfo,
  VcpuCount,
  WhichOption,
} from './driver/limit-types';
export type { BlockDeviceTuning } from './domain/tuning-definition';
export type { Rates, RatesChange } from './driver/rates';
export type { LinkStatistics } from './host/native';
export type { ConsoleStream } from './container/console-stream';
export type { ExitRecord, ShutoffReason } from './container/exit-record';
export type { Hardening, Rate } from './domain/definition';
export type { Logger } from './host/logger';
export type { Lease } from './network/leases';
export { makeRoot } from './rootfs/make-root';
export type { MakeRootOptions, RootContent } from './rootfs/make-root';
export type { Operation, Plan, PlanHeader } from './plan/operation';
export { DefinitionError, ProtocolError, SyscallError, TslxcError } from './errors';
export type { ErrorCode, ErrorDetails, Failure } from './errors';

requireBuilt();
