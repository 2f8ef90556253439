import type { Notice } from '../../domain/notice.ts';

/** Priority 2 asks for confirmation: repeated every `retry` seconds, for `expire` seconds. */
export function pushoverFields({ title, text, severity }: Notice): Record<string, string> {
  const fields = { title: title.slice(0, 250), message: (text || title).slice(0, 1024) };
  if (severity === 'alarm') return { ...fields, priority: '2', retry: '60', expire: '1800' };
  return { ...fields, priority: severity === 'warning' ? '1' : '0' };
}
