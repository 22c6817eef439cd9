/** The part of a Domain that shows what it has said. */
import { MeasuredDomain } from './domain-statistics';
import { consoleLines, type LogOptions } from './logs';

export class LoggedDomain extends MeasuredDomain {
  /**
   * The lines that the first console has put out, of this run and of those before, as far as they are kept: 1 to 2 MiB.
   * Also while nothing runs, and when the domain is gone and its name is free: see `Connection.logs`. They hold what the container wrote, control characters included, without the ends of lines.
   * With `follow` it goes on until the container ends; a line comes when it is whole.
   *
   * @throws TslxcError, from the iteration: INVALID_ARG for a number of lines that is none.
   * @example
   * for await (const line of domain.logs({ lines: 10, follow: true })) console.log(line);
   */
  logs(options: LogOptions = {}): AsyncGenerator<string, undefined> {
    this.session.requireAccess('read', 'Domain.logs');
    return consoleLines(this.session, this.identity, options);
  }
}
