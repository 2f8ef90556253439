import { expect, test } from '@jest/globals';
import { filmName, safeName } from '../../src/domain/names.ts';

const names: [name: string, safe: string][] = [
  ['Front Door #1 (é)', 'FrontDoor1é'],
  ['Front_Door-1.2', 'FrontDoor12'],
  ['e\u0301', 'e'],
  ['²½Ⅷ北', '²½Ⅷ北'],
  ['Garten/Süd 🌷', 'GartenSüd'],
  ['…!?', ''],
  ['../../etc/passwd', 'etcpasswd'],
  ['𝒜 b', '𝒜b'],
  ['', ''],
];

test.each(names)('%j becomes %j', (name, safe) => {
  expect(safeName(name)).toBe(safe);
});

const cameraUuid = '7hQ-2k_dTNaP0sXo9bYvWg';

test('a film of manual mode is named as the original names it', () => {
  const naming = { mode: 'manual', cameraName: 'Front Door', cameraUuid, startSec: 1_700_000_000 } as const;
  expect(filmName(naming, false)).toBe('FrontDoor_7hQ-2k_dTNaP0sXo9bYvWg_1700000000_video.mp4');
  expect(filmName(naming, true)).toBe('FrontDoor_7hQ-2k_dTNaP0sXo9bYvWg_1700000000_videoWithAudio.mp4');
});

test('a film of an alert is named as the original names it', () => {
  const alert = { stamp: '20260101_093000', alertType: 'MOTION_HUMAN'.toLowerCase(), alertUuid: 'Pa-1_x' };
  const naming = { mode: 'alert', cameraName: 'Front Door', cameraUuid, ...alert } as const;
  const stem = 'FrontDoor_7hQ-2k_dTNaP0sXo9bYvWg_20260101_093000_alert_motionhuman_Pa1x';
  expect(filmName(naming, false)).toBe(`${stem}_video.mp4`);
  expect(filmName(naming, true)).toBe(`${stem}_combined.mp4`);
});
