/** Whether the kernel gives a pidfd of the process at the other end of a Unix socket: SO_PEERPIDFD, since Linux 6.5. */
import { execFileSync } from 'node:child_process';
import { hostHas } from '../world/host-side';

/** By its number: Python has no name for it. */
const ask = `
import errno, socket
one, other = socket.socketpair()
try:
    one.getsockopt(socket.SOL_SOCKET, 77)
    print("OK", end="")
except OSError as error:
    print(errno.errorcode[error.errno], end="")
`;

/** Noted for the end of the run. Any other answer than that the kernel has it or does not know it is an error. */
export function hasPeerPidfd(): boolean {
  return hostHas('a pidfd of a socket’s peer', () => {
    const answer = execFileSync('python3', ['-c', ask], { encoding: 'utf8' });
    if (answer !== 'OK') expect(answer).toBe('ENOPROTOOPT');
    return answer === 'OK';
  });
}
