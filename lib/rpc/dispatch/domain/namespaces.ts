/** The namespaces of a container, whose descriptors go to the client. */
import type { lxcProcedures } from '../../protocol/streams';
import { done } from '../base/call';
import type { Handlers } from '../base/call';
import { checkFlags } from '../base/flags';
import { withDomain } from '../base/identities';

export const namespaceHandlers: Handlers<typeof lxcProcedures> = {
  DomainLxcOpenNamespace: (call, { domain, flags }) => {
    checkFlags(flags, 0, 'lxcDomainLxcOpenNamespace');
    return withDomain(call, domain, async (one) => {
      call.give(await one.openNamespaces());
      return done;
    });
  },
};
