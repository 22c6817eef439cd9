/** What a line of shell says in a running container. */
import type { Domain } from 'tslxc';
import { askConsole } from '../console/console-answer';

let count = 0;

/** Runs the line on the console's shell; resolves with what it printed. The console replays all that was before. */
export async function inside(domain: Domain, line: string): Promise<string> {
  count += 1;
  // Others may be asked meanwhile.
  const own = count;
  const marked = `echo "be""gin${own}"; ${line}; echo "e""nd${own}"`;
  const output = await askConsole(domain, marked, new RegExp(`^end${own}\r\n`, 'm'));
  const text = output.replaceAll('\r', '');
  // What is typed before the shell shows its prompt is answered behind that, in the same line.
  const begin = `begin${own}\n`;
  return text.slice(text.lastIndexOf(begin) + begin.length, text.lastIndexOf(`end${own}\n`));
}
