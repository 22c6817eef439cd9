/** What a sink of the command is given, as text. */
export function sinkText(data: string | Uint8Array): string {
  return typeof data === 'string' ? data : Buffer.from(data).toString();
}
