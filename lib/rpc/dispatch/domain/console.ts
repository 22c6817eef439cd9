/** Consoles as streams. */
import type { streamProcedures } from '../../protocol/streams';
import { done } from '../base/call';
import type { Handlers } from '../base/call';
import { checkFlags } from '../base/flags';
import { withDomain } from '../base/identities';

export const consoleHandlers: Handlers<typeof streamProcedures> = {
  DomainOpenConsole: (call, { domain, device, flags }) => {
    checkFlags(flags, 0, 'lxcDomainOpenConsole');
    return withDomain(call, domain, async (one) => {
      // Most clients are terminals: they are shown what is on the screen, without the queries that a terminal would answer a
      // second time.
      const shown = { replay: 'quiet' } as const;
      const console_ = await one.openConsole(device === undefined ? shown : { ...shown, device });
      // The answer to the call has to go before the stream's data.
      call.after(() => call.peer.openStream(call.header, console_));
      return done;
    });
  },
};
