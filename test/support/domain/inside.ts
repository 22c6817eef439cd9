/** What a line of shell says in a running container. */
import type { Domain } from 'tslxc';
import { askConsole } from '../console/console-answer';

let count = 0;

/** Runs the line on the console's shell; resolves with what it printed. The console replays all that was before. */
export async function inside(domain: Domain, line: string): Promise<string> {
  count += 1;
  const marked = `echo "be""gin${count}"; ${line}; echo "e""nd${count}"`;
  const output = await askConsole(domain, marked, new RegExp(`^end${count}\r\n`, 'm'));
  const text = output.replaceAll('\r', '');
  // What is typed before the shell shows its prompt is answered behind that, in the same line.
  const begin = `begin${count}\n`;
  return text.slice(text.lastIndexOf(begin) + begin.length, text.lastIndexOf(`end${count}\n`));
}
