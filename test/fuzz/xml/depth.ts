/** How far a text gets: what is prepared has been read. */
export type Depth = 'refused' | 'read' | 'prepared';
