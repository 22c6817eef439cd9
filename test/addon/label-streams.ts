/** The streams of a command, as FIFOs: their ends near, and those that an attendant is given. */
import { Socket } from 'node:net';
import { native } from '../../lib/host/native';

export interface Streams {
  readonly stdin: Socket;
  readonly stdout: Socket;
  readonly far: readonly number[];
  closeFar(): void;
  destroy(): void;
}

export function openStreams(): Streams {
  const [input, output, error] = native().makeFifos(3, ['source=tslxc', 'mode=0700']) as [
    [number, number],
    [number, number],
    [number, number],
  ];
  const stdin = new Socket({ fd: input[1], readable: false, writable: true });
  const stdout = new Socket({ fd: output[0], readable: true, writable: false });
  const far = [input[0], output[1], error[1]];
  return {
    stdin,
    stdout,
    far,
    closeFar: () => {
      for (const fd of far) native().closeDescriptor(fd);
    },
    destroy: () => {
      stdin.destroy();
      stdout.destroy();
      native().closeDescriptor(error[0]);
    },
  };
}
