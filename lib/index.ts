/**
 * The public API: what this file exports is kept stable, and nothing else is. Loading it needs no native code, so that
 * `checkHost` can say that it is missing.
 */
export { connect, Connection } from './driver/connection';
export type { DomainEvents, NetworkEvents } from './driver/connection';
export { checkHost } from './driver/doctor/check-host';
export type { CheckHostOptions } from './driver/doctor/check-host';
export type { CheckStatus, HostCheck, HostReport } from './driver/doctor/check';
export type {
  ConnectionEventMap,
  ConnectionEventName,
  ConnectionListener,
} from './driver/events/event-listeners';
export { Domain } from './driver/domain';
export type {
  Imported,
  ImportOptions,
  NativeConfiguration,
  NativeDomain,
  NativeWarning,
} from './driver/import/types';
export { Network } from './driver/network';
export { StoragePool } from './driver/storage-pool';
export { StorageVolume } from './driver/storage-volume';
export type { ListedVolume } from './driver/storage-volume';
export type {
  CopyVolumeOptions,
  CreateVolumeOptions,
  StoragePoolFilter,
  StoragePoolInfo,
  StorageVolumeInfo,
} from './driver/storage/types';
export { Volumes } from './driver/volumes/volumes';
export type { VolumeInfo } from './driver/volumes/types';
export type { CreatePoolOptions } from './driver/storage/verbs';
export type { StoragePoolType, VolumeFormat } from './storage/definition/formats';
export type { Resizing, WipeAlgorithm } from './storage/volume/change';
export type { Extent } from './storage/volume/transfer';
export { Images } from './driver/images/images';
export { HostInterfaces } from './driver/host-interfaces/host-interfaces';
export type { ActivityFilter, ListFilter } from './driver/lookup/list-filter';
export type { HostInterfaceInfo } from './driver/host-interfaces/types';
export { Secrets } from './driver/secrets/secrets';
export type { SecretFilter, SecretInfo } from './driver/secrets/types';
export type { SecretUsage } from './domain/secret/secret';
export { NetworkFilters } from './driver/network-filters/network-filters';
export type {
  FilteredDomain,
  FilterValue,
  NetworkFilterBinding,
  NetworkFilterInfo,
} from './driver/network-filters/types';
export { NodeDevices } from './driver/node-devices/node-devices';
export type { NodeDeviceFilter, NodeDeviceInfo } from './driver/node-devices/types';
export type { DeviceCapability } from './host/devices/node-device';
export { DomainSnapshots } from './driver/snapshots/domain-snapshots';
export type {
  CloneOptions,
  SnapshotInfo,
  SnapshotOptions,
  SnapshotRemoval,
  TreeCopyOptions,
} from './driver/snapshots/types';
export type { SnapshotRequest, SnapshotState } from './domain/snapshot';
export type { PurgeItem } from './driver/purge/item';
export type { PurgeOptions } from './driver/purge/purge';
export type {
  AnnotationOptions,
  Autostart,
  ConnectOptions,
  ConsoleOptions,
  CreateOptions,
  DefineOptions,
  DomainEvent,
  DomainEventFacts,
  DomainInfo,
  DomainState,
  StoredDefinitionState,
  MonitorState,
  NetworkEvent,
  NetworkInfo,
  DeviceOptions,
  StartOptions,
  StartResult,
  UndefineOptions,
  VersionInfo,
  Warning,
  WhichOption,
} from './driver/types';
export type { AddressSource, DomainAddress, InterfaceInfo } from './driver/interfaces/types';
export type { Autostarted } from './driver/lifecycle/autostart';
export type { PlanOptions, PlanTarget } from './driver/lifecycle/plan';
export type {
  AskedBy,
  DestroyOptions,
  PowerAnswer,
  PowerMode,
  PowerOptions,
} from './driver/lifecycle/power-types';
export type {
  AddressWait,
  ConsoleWait,
  ExecWait,
  ExitWait,
  HealthWait,
  ListeningPort,
  PortWait,
  StateWait,
  WaitLimits,
  WaitOptions,
} from './driver/waits/types';
export type { WaitResult } from './driver/waits/wait-for-condition';
export type {
  DomainStatistics,
  InterfaceStatistics,
  WatchOptions,
} from './driver/statistics/types';
export type {
  CgroupStatistics,
  CpuStatistics,
  IoStatistics,
  MemoryBreakdown,
  MemoryStatistics,
  PidsStatistics,
  Pressure,
  PressureLine,
  PressureStatistics,
  ThrottlingStatistics,
} from './container/statistics/types';
export type { BlockStatistics } from './driver/statistics/block';
export type { NodeCpuStatistics, NodeInfo, NodeMemoryStatistics } from './host/kernel/node';
export type { NodeCpuMap } from './host/node/cpu-map';
export type { MemoryMerging, MemoryMergingChange } from './host/node/memory-merging';
export type { FreePages, PoolChange } from './host/node/pages';
export type { SuspendTarget } from './host/node/sleep';
export type { HealthInfo } from './driver/health/health';
export type { LogOptions } from './driver/inspect/console-lines';
export type { LogLine } from './container/console/line-cutter';
export type {
  BlockTuningChange,
  BlockTuningInfo,
  CpuTuningChange,
  CpuTuningInfo,
  DomainMemory,
  HugepageLimitChange,
  HugepageLimitInfo,
  MemoryLimit,
  MemorySize,
  MemorySizeLimit,
  MemoryTuningChange,
  MemoryTuningInfo,
  NumaTuningChange,
  NumaTuningInfo,
  VcpuChange,
  VcpuCount,
} from './driver/limits/types';
export type { BlockDeviceTuning } from './domain/tuning/definition';
export type { Rates, RatesChange } from './driver/interfaces/rates';
export type { LinkStatistics, WindowSize } from './host/native';
export { CommandProcess, PipedProcess, TerminalProcess } from './container/exec/command-process';
export type { CommandResult } from './container/exec/command-process';
export type { DetachedOptions, ExecOptions } from './driver/exec/exec-options';
export type { CommandOutput } from './driver/exec/command-output';
export { RunningCommand } from './driver/exec/running-command';
export type { LabelProgress } from './container/security/relabel/label-walk';
export type { SecurityLabelInfo } from './driver/inspect/security-label';
export type { HostSecurity, SecurityModel } from './host/security/host-security';
export type { ConsoleStream } from './container/console/console-stream';
export type { ExitRecord, ShutoffReason } from './container/record/exit-record';
export { domainXml } from './domain/builder/domain-xml';
export type {
  BandwidthSpec,
  BindMount,
  BridgeInterfaceSpec,
  CapabilitySpec,
  CommandHealth,
  CommonInterfaceSpec,
  CommonMountSpec,
  DeviceSpec,
  DirectInterfaceSpec,
  DirectoryMount,
  DomainSpec,
  EthernetInterfaceSpec,
  HealthCheckSpec,
  HealthSpec,
  IdMapSpec,
  IdRangeSpec,
  ImageMount,
  ImageOriginSpec,
  InterfaceSpec,
  LimitSpec,
  MountSpec,
  NetworkInterfaceSpec,
  OverlaySpec,
  PortForwardSpec,
  PortHealth,
  PortRangeSpec,
  RamMount,
  ResourceLimitSpec,
  RestartSpec,
  RootSpec,
  RouteSpec,
  Size,
  VolumeMount,
} from './domain/builder/spec';
export type { CapabilityName } from './domain/elements/capability-numbers';
export type { Propagation } from './domain/filesystem/definition';
export type { DirectMode, FilterName } from './domain/interface/definition';
export type { LifecycleAction } from './domain/definition';
export type { Hardening } from './hardening';
export type { Rate } from './domain/interface/definition';
export type { IpFamily } from './domain/interface/ip-address';
export type { Isolation } from './domain/namespaces/isolation';
export type { IsolationWarning } from './domain/namespaces/isolation-warnings';
export type { MetadataContent } from './domain/elements/metadata';
export type { LogLevel } from './host/log/domain-log';
export type { Logger } from './host/logger';
export type { Lease } from './network/dnsmasq/leases';
export type { NetworkPort } from './driver/interfaces/port-verbs';
export type { NetworkUpdate } from './network/definition/update';
export type { NetworkSection, NetworkUpdateCommand } from './network/definition/update-names';
export type {
  ImageConfig,
  ImageDomain,
  ImageInfo,
  ImageRootSpec,
  PullOptions,
  PullProgress,
} from './image/types';
export { makeRoot } from './rootfs/make-root';
export type { MakeRootOptions, RootContent } from './rootfs/make-root';
export type { Operation } from './plan/operation';
export type { Plan, PlanHeader } from './plan/plan';
export type { DefinitionWarning } from './domain/warnings';
export type { StartWarning } from './plan/warnings';
export { DefinitionError, ProtocolError, SyscallError, TslxcError } from './errors';
export type { DefinitionProblem, ErrorCode, ErrorDetails, Failure, WithCode } from './errors';
