import { formatDuration, toIso } from '@porchlight/core';
import { createHash } from 'node:crypto';
import { statusOf, type Home, type HomeStatus } from '../domain/home.ts';
import type { Answer } from './answer.ts';

/** Homes shown on the page; those in trouble come first. */
const maxRows = 500;

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem } form { margin: 1rem 0 } input, button { font: inherit; padding: .4rem .7rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .35rem .7rem .35rem 0; border-bottom: 1px solid #8884 }
.up { color: #1a7f37 } .late, .rebooting { color: #9a6700 } .down, .problem { color: #cf222e; font-weight: 600 } .unknown { color: #6a6a6a }
@media (prefers-color-scheme: dark) { .up { color: #4ac26b } .late, .rebooting { color: #d4a72c } .down, .problem { color: #ff7b72 } .unknown { color: #999 } }
`;

const contentPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

export function loginPage(problem?: string): Answer {
  const warning = problem === undefined ? '' : `<p class="problem" role="alert">${escapeHtml(problem)}</p>`;
  return htmlAnswer(
    problem === undefined ? 200 : 401,
    `<h1>Watchtower</h1>${warning}<form method="post" action="/login"><label>Password
<input type="password" name="password" autocomplete="current-password" required autofocus></label> <button>Log in</button></form>`,
  );
}

export interface PageState {
  homes: readonly Home[];
  now: number;
  isIsolated: boolean;
  waiting: number;
}

/** All homes at a glance; nothing can be changed here. */
export function statusPage({ homes, now, isIsolated, waiting }: PageState): Answer {
  const order: readonly HomeStatus[] = ['down', 'late', 'rebooting', 'unknown', 'up'];
  const rows = homes
    .map((home) => ({ home, status: statusOf(home, now) }))
    .toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status) || (a.home.name < b.home.name ? -1 : 1));
  const counts = order
    .map((status) => ({ status, count: rows.filter((row) => row.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `<span class="${status}">${count} ${status}</span>`);
  const isolated = isIsolated
    ? '<p class="problem" role="alert">The watchtower hears nobody: it seems to have lost its own network.</p>'
    : '';
  const more = rows.length > maxRows ? `<p>… and ${rows.length - maxRows} more</p>` : '';
  const unsent = waiting > 0 ? `<p>${waiting} messages wait for their delivery.</p>` : '';
  return htmlAnswer(
    200,
    `<h1>Watchtower</h1>${isolated}<p>${counts.join(' · ') || 'No homes yet: <code>porchlight-watchtower homes add</code>'}</p>${unsent}
<table><thead><tr><th>Home</th><th>State</th><th>Last heard</th><th>It said</th></tr></thead>
<tbody>${rows
      .slice(0, maxRows)
      .map(({ home, status }) => rowOf(home, status, now))
      .join('')}</tbody></table>${more}
<form method="post" action="/logout"><button>Log out</button></form>`,
    15,
  );
}

function rowOf(home: Home, status: HomeStatus, now: number): string {
  const ago = `${formatDuration(Math.max(0, now - home.heardAt))} ago`;
  const heard = home.heardAt === 0 ? 'never' : `<time datetime="${toIso(home.heardAt)}">${ago}</time>`;
  const name = escapeHtml(home.name);
  return `<tr><td>${name}</td><td class="${status}">${status}</td><td>${heard}</td><td>${escapeHtml(home.said)}</td></tr>`;
}

function htmlAnswer(status: number, body: string, refreshSeconds?: number): Answer {
  const refresh = refreshSeconds === undefined ? '' : `<meta http-equiv="refresh" content="${refreshSeconds}">`;
  return {
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': contentPolicy,
      'Referrer-Policy': 'no-referrer',
    },
    body: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Watchtower</title>${refresh}
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${style}</style></head><body>${body}</body></html>`,
  };
}

function escapeHtml(text: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (sign) => names[sign] ?? sign);
}
