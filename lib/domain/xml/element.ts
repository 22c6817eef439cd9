/** An XML document as readonly plain data: its elements as written, with their positions. */

/** A position in the XML text; line and column count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** An element as written. */
export interface XmlElement {
  /** Qualified name, as written (`lxc:namespace`). */
  readonly name: string;
  /** Namespace URI, or '' for none. */
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  /** Child elements and text in document order, without comments and processing instructions. */
  readonly children: readonly (XmlElement | string)[];
  readonly position: Position;
}

export interface XmlAttribute {
  /** Qualified name; namespace declarations (`xmlns`, `xmlns:x`) are kept. */
  readonly name: string;
  readonly value: string;
}
