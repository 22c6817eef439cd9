/** What is told of the work of the server: whoever does something when there is none. */
export interface Activity {
  /** A call of a client is under way, until `end`. */
  begin(): void;
  end(): void;
  /** Something else has come or gone that takes memory: a client, bytes of a stream, a notice. A ping is nothing of that. */
  touch(): void;
}
