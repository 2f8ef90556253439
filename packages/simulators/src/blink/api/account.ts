import type { Answer } from '../../shared/http.ts';
import type { Call, Route } from './route.ts';

const upToDate = { message: 'OK', code: 103, update_available: false, update_required: false };

/** The calls about the account itself. */
export const accountRoutes: Route[] = [
  {
    name: 'GET /regions',
    isOpen: true,
    answer: ({ cloud: { account } }) => {
      const region = { display_order: 1, dns: account.tier, friendly_name: 'Simulated', registration: true };
      return { body: { preferred: `sim${account.tier}`, regions: { [`sim${account.tier}`]: region } } };
    },
  },
  { name: 'GET /api/v1/version', isOpen: true, answer: () => ({ body: upToDate }) },
  {
    name: 'GET /api/v1/users/tier_info',
    answer: ({ cloud: { account } }) => ({ body: { tier: account.tier, account_id: account.id } }),
  },
  {
    name: 'GET /api/v2/users/info',
    answer: ({ cloud: { account } }) => ({
      body: {
        account_id: account.id,
        client_id: account.clientId,
        user_id: account.userId,
        email: account.email,
        tier: account.tier,
        region: account.tier,
        account_verification_required: false,
        phone_verification_required: false,
        client_verification_required: false,
        trust_device_enabled: true,
        allow_pin_resend_seconds: 60,
        verification_channel: 'phone',
      },
    }),
  },
  { name: 'POST /api/v4/account/{account}/client/{client}/logout', answer: signOut },
  { name: 'POST /api/v4/clients/{client}/logout', answer: signOut },
  { name: 'GET /user', answer: ({ cloud: { account } }) => ({ body: { id: account.userId, email: account.email } }) },
  {
    name: 'GET /api/v1/accounts/{account}/notifications/configuration',
    answer: ({ cloud: { account } }) => ({ body: { notifications: account.notifications } }),
  },
  {
    name: 'POST /api/v1/accounts/{account}/notifications/configuration',
    answer: ({ cloud: { account }, body }) => {
      const wanted = Object.entries(body.notifications ?? {}).filter(([, value]) => typeof value === 'boolean');
      Object.assign(account.notifications, Object.fromEntries(wanted));
      return { body: { message: 'Notification configuration updated' } };
    },
  },
];

/** Ends the client's tokens; it has to sign in again. */
function signOut({ cloud }: Call): Answer {
  cloud.signOut();
  return { body: { message: 'logout' } };
}
