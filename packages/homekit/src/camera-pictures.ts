import type { CameraController, HAP } from 'homebridge';
import { readFile } from 'node:fs/promises';

/** HAP's own numbers: its enumerations cannot be imported. */
const noSuchResource = -70409;
const noEncryption = 2;
const baselineProfile = 0;
const level31 = 0;
const jpegMark = Buffer.from([0xff, 0xd8]);

/** HomeKit's camera that shows the newest picture, wherever `findPicture` says it is now; it has no live view. */
export function createCamera(hap: HAP, findPicture: () => string | undefined): CameraController {
  return new hap.CameraController({
    delegate: {
      async handleSnapshotRequest(_request, callback) {
        const picture = await readPicture(findPicture());
        if (picture) callback(undefined, picture);
        else callback(noSuchResource);
      },
      prepareStream: (_request, callback) => callback(new Error('This camera has no live view in Apple Home.')),
      handleStreamRequest: (_request, callback) => callback(),
    },
    streamingOptions: {
      supportedCryptoSuites: [noEncryption],
      video: {
        codec: { profiles: [baselineProfile], levels: [level31] },
        resolutions: [
          [1280, 720, 30],
          [320, 240, 15],
        ],
      },
    },
  });
}

/** A device of another host names its picture on the bus, so that nothing but a JPEG may leave this machine. */
async function readPicture(path: string | undefined): Promise<Buffer | undefined> {
  const bytes = path === undefined ? undefined : await readFile(path).catch(() => undefined);
  return bytes?.subarray(0, jpegMark.length).equals(jpegMark) ? bytes : undefined;
}
