/** What a domain without a host is made of: plain data. */
import type { ExitRecord } from '../../../../lib/container/record/exit-record';
import type { DomainInfo, DomainState } from '../../../../lib/driver/types';
import type {
  BlockStatistics,
  Domain,
  DomainAddress,
  DomainStatistics,
  InterfaceInfo,
  Rates,
  SecurityLabelInfo,
  Warning,
} from '../../../../lib/index';

export type LimitGetter =
  | 'getMemory'
  | 'getMemoryTuning'
  | 'getCpuTuning'
  | 'getCpuset'
  | 'getNumaTuning'
  | 'getBlockTuning'
  | 'getProcessLimit'
  | 'getHugepageLimits';
/** What a getter of the library's returns. */
export type Answer<Getter extends LimitGetter> = ReturnType<Domain[Getter]>;

export interface FakeDomainFields {
  readonly name: string;
  readonly uuid?: string;
  readonly id?: number;
  readonly state?: DomainState;
  readonly exit?: ExitRecord;
  readonly xml?: string;
  readonly persistent?: boolean;
  /** Default: none. */
  readonly isolation?: DomainInfo['isolation'];
  /** Why a start is refused. */
  readonly refusal?: string;
  readonly interfaces?: readonly InterfaceInfo[];
  readonly addresses?: readonly DomainAddress[];
  readonly hostname?: string;
  readonly rates?: Rates;
  readonly statistics?: Partial<DomainStatistics>;
  readonly blocks?: BlockStatistics;
  readonly securityLabel?: SecurityLabelInfo;
  /** What getters of limits resolve to, by their names. */
  readonly limits?: Partial<{ readonly [Getter in LimitGetter]: Awaited<Answer<Getter>> }>;
  /** What a start warns of, and a change of a device. */
  readonly warnings?: readonly Warning[];
  readonly failure?: Error;
}
