import type { Clock } from '@porchlight/core';
import type { Agents } from '../adapters/media/agents.ts';
import type { Assembler } from '../adapters/film/assembler.ts';
import type { Ffmpeg } from '../adapters/film/ffmpeg.ts';
import type { FilmFolder } from '../adapters/store/folder.ts';
import type { ManifestFile } from '../adapters/store/manifest-file.ts';
import type { SegmentStore } from '../adapters/store/segments.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Settings } from '../domain/settings.ts';
import type { Cloud, Screen } from '../ports.ts';
import type { Limit } from './limit.ts';

/** Everything that copying works with. */
export interface CopyParts {
  settings: Settings;
  cloud: Cloud;
  screen: Screen;
  clock: Clock;
  /** Aborts when the run is to end. */
  signal: AbortSignal;
  folder: FilmFolder;
  manifest: ManifestFile;
  store: SegmentStore;
  ffmpeg: Ffmpeg;
  assembler: Assembler;
  agents: { lan: Agents; cloud: Agents };
  keyHeaders: Readonly<Record<string, string>>;
  isCloudHost: (hostname: string) => boolean;
  /** `YYYYMMDD_HHMMSS` of epoch seconds in the machine's time zone. */
  stampOf: (epochSec: number) => string;
  /** Programs of ffmpeg that run at once. */
  programs: Limit;
  /** Rejects when the disk is too full to go on. */
  guardDisk: () => Promise<void>;
  /** Is told of every film as it is finished. */
  onOutcome: (outcome: Outcome) => void;
}
