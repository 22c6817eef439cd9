/** What is told of filters for network traffic, and of the interfaces that they are in force for. */

/** A filter. */
export interface NetworkFilterInfo {
  /** Unique within a root of tslxc. */
  readonly name: string;
  /** In lower case with dashes. */
  readonly uuid: string;
  /** `built-in`: it is always there, can't be changed, and is carried out; `defined`: it is only kept. */
  readonly origin: 'built-in' | 'defined';
  /** Why its stored definition can't be read; missing if it can. */
  readonly unreadable?: string;
}

/** A filter that is in force for an interface of a running container. */
export interface NetworkFilterBinding {
  /** The name of the interface on the host. */
  readonly port: string;
  /** The name of the filter. */
  readonly filter: string;
  /** Whose interface it is. */
  readonly domain: FilteredDomain;
  /** The Ethernet address of the interface. */
  readonly mac: string;
  /** Of `<filterref>`, in document order. */
  readonly parameters: readonly FilterValue[];
}

/** The domain that an interface with a filter belongs to. */
export interface FilteredDomain {
  /** Its name. */
  readonly name: string;
  /** In lower case with dashes. */
  readonly uuid: string;
}

/** The value of a variable of a filter. */
export interface FilterValue {
  /** Of the variable, such as `IP`. */
  readonly name: string;
  /** As it is written. */
  readonly value: string;
}
