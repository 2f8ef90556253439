import { buildContext, type FakeContext } from '@porchlight/core/testing';
import type { Blink } from '@porchlight/simulators';
import { PersonalSignIn } from '../../src/adapters/account/personal.ts';
import { openAccess, type Access } from '../../src/adapters/open.ts';
import { configFor, owner, startAccount } from './account.ts';

export interface SignedIn extends Access {
  blink: Blink;
  context: FakeContext;
  close(): Promise<void>;
}

/** The API of a simulated account, signed in with patience whatever `raw` says, without the service around it. */
export async function signIn(raw: object = {}, context = buildContext()): Promise<SignedIn> {
  const blink = await startAccount(context);
  await new PersonalSignIn(configFor(blink), context).begin(owner);
  const access = openAccess(configFor(blink, raw), context);
  await access.session.load();
  return { ...access, blink, context, close: () => blink.close() };
}
