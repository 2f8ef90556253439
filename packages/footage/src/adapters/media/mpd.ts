/** What a manifest says about the parts of a window. */
export interface Mpd {
  init: string;
  /** The name of segment number `place`, from 0. */
  segment(place: number): string;
}

// A part's name replaces the end of the address that the token is sent to: it must not be able to change the rest of it.
const partName = /^[\w$%-][\w.$%-]*$/;
const numberForm = /\$Number(?:%0(\d)d)?\$/;

/** Reads the names of the parts from a DASH manifest; undefined when it is none. */
export function parseMpd(xml: string): Mpd | undefined {
  if (!/<(?:[\w-]+:)?MPD[\s>]/.test(xml)) return undefined;
  const [, attributes] = /<(?:[\w-]+:)?SegmentTemplate\s([^>]*)>/.exec(xml) ?? [];
  if (attributes === undefined) return undefined;
  const read = (name: string): string | undefined =>
    new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`)
      .exec(attributes)
      ?.slice(1)
      .find((text) => text);
  const [media, init, start = '1'] = [read('media'), read('initialization'), read('startNumber')];
  if (!media || !init || !partName.test(media) || !partName.test(init)) return undefined;
  if (!numberForm.test(media) || !/^\d{1,9}$/.test(start)) return undefined;
  return {
    init,
    segment: (place) =>
      media.replace(numberForm, (_, width?: string) => String(Number(start) + place).padStart(Number(width ?? 1), '0')),
  };
}

/** The address of a part: its name in place of the manifest's; the query stays. Undefined when the address has another form. */
export function partUrl(manifestUrl: string, name: string): string | undefined {
  const url = new URL(manifestUrl);
  const place = url.pathname.lastIndexOf('/');
  if (!/^(clip|file)\.mpd$/.test(url.pathname.slice(place + 1))) return undefined;
  url.pathname = `${url.pathname.slice(0, place + 1)}${name}`;
  return url.href;
}

/** The address of a window's manifest; undefined when the template is no address or lacks its places. */
export function fillTemplate(template: string, startSec: number, durationSec: number): string | undefined {
  if (!template.includes('{START_TIME}') || !template.includes('{DURATION}')) return undefined;
  const address = template.replaceAll('{START_TIME}', String(startSec)).replaceAll('{DURATION}', String(durationSec));
  if (!URL.canParse(address)) return undefined;
  const { protocol, username, password } = new URL(address);
  return /^https?:$/.test(protocol) && !username && !password ? address : undefined;
}
