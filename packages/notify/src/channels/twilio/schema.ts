/** What the call says, twice, because the first time nobody listens yet. */
export function toTwiml(message: string): string {
  const text = message
    .slice(0, 600)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\n', '. ');
  return `<Response><Pause length="1"/><Say loop="2">${text}</Say></Response>`;
}
