export const segmentSeconds = 2;

interface Manifest {
  kind: 'video' | 'audio';
  durationSec: number;
  startNumber: number;
}

/** The DASH manifest of a window, with the template where real devices put it: beside the video, inside the audio representation. */
export function renderManifest({ kind, durationSec, startNumber }: Manifest): string {
  const adaptation = kind === 'video' ? videoAdaptation(startNumber) : audioAdaptation(startNumber);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" profiles="urn:mpeg:dash:profile:isoff-live:2011"`,
    ` mediaPresentationDuration="PT${durationSec}S" minBufferTime="PT${segmentSeconds}S">`,
    `<Period id="0" start="PT0S">${adaptation}</Period></MPD>`,
  ].join('');
}

function videoAdaptation(startNumber: number): string {
  const template = `<SegmentTemplate timescale="1" duration="${segmentSeconds}" media="seg_$Number$.m4v" initialization="seg_init.mp4" startNumber="${startNumber}"/>`;
  return `<AdaptationSet contentType="video" mimeType="video/mp4">${template}<Representation id="v" bandwidth="1000000" codecs="avc1.42c01e"/></AdaptationSet>`;
}

function audioAdaptation(startNumber: number): string {
  const template = `<SegmentTemplate timescale="1" duration="${segmentSeconds}" media="seg_$Number$.webm" initialization="seg_init_audio.hdr" startNumber="${startNumber}"/>`;
  return `<AdaptationSet contentType="audio" mimeType="audio/webm"><Representation id="a" bandwidth="32000" codecs="opus">${template}</Representation></AdaptationSet>`;
}

export type Part =
  | { file: 'manifest' | 'init' }
  | { file: 'segment'; number: number; form: 'm4v' | 'webm' | 'packets' };

/** One request to a media host, read from its path. `rest` is what comes after the window. */
export interface MediaPath {
  facet: string;
  startSec: number;
  durationSec: number;
  part: Part;
}

const lanPath = /^\/dash\/([^/]+)\/(\d+)_(\d+)\/([^/]+)$/;
const wanPath = /^\/dash\/([^/]+)\/(\d+)\/(\d+)\/vod\/([^/]+)$/;

/** Reads a path of the form that this route uses; undefined for anything else. */
export function parseMediaPath(path: string, route: 'lan' | 'wan'): MediaPath | undefined {
  const [, facet, start, duration, name] = (route === 'lan' ? lanPath : wanPath).exec(path) ?? [];
  const part = name === undefined ? undefined : parsePart(name, route);
  if (!facet || !part) return undefined;
  return { facet, startSec: Number(start), durationSec: Number(duration), part };
}

function parsePart(name: string, route: 'lan' | 'wan'): Part | undefined {
  if (name === (route === 'lan' ? 'clip.mpd' : 'file.mpd')) return { file: 'manifest' };
  if (name === 'seg_init.mp4' || name === 'seg_init_audio.hdr') return { file: 'init' };
  const [, number, ending] = /^seg_(\d{1,9})\.(m4v|webm|mpd)$/.exec(name) ?? [];
  if (number === undefined) return undefined;
  const form = ending === 'mpd' ? 'packets' : ending === 'webm' ? 'webm' : 'm4v';
  return { file: 'segment', number: Number(number), form };
}
