/** Told of the server's work, so that something can be done once there is none. */
export interface Activity {
  /** A client's call is in progress, until `end`. */
  begin(): void;
  end(): void;
  /** Something else that takes memory has come or gone: a client, bytes of a stream, an event message. A ping does not count. */
  touch(): void;
}
