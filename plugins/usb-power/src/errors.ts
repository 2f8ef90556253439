import { errorCode, PorchlightError } from '@porchlight/core';
import { permissionRemedy } from './domain/choose-driver.ts';

export const noLamps = (): PorchlightError =>
  new PorchlightError('usb.no-lamps', 'No lamp is configured. Choose one in the settings of the plugin.', {
    retry: 'after-user',
  });

export const notFound = (message: string): PorchlightError => new PorchlightError('usb.not-found', message);

export const ambiguous = (message: string): PorchlightError =>
  new PorchlightError('usb.ambiguous', message, { retry: 'after-user' });

export const noDriver = (message: string): PorchlightError =>
  new PorchlightError('usb.no-driver', message, { retry: 'after-user' });

export const refused = (message: string): PorchlightError =>
  new PorchlightError('usb.refused', message, { retry: 'after-user' });

export const sharedPower = (other: string): PorchlightError =>
  new PorchlightError('usb.shared-power', `It hangs on the same power as ${other}; two lamps need two switches.`, {
    retry: 'after-user',
  });

export const noEffect = (where: string, on: boolean): PorchlightError =>
  new PorchlightError('usb.no-effect', `${where} was switched ${on ? 'on' : 'off'} and says that it is not.`);

export const noGpio = (message: string, cause?: unknown): PorchlightError =>
  new PorchlightError('usb.gpio', message, { retry: 'after-user', cause });

export const programMissing = (program: string): PorchlightError =>
  new PorchlightError('usb.program-missing', `The program ${program} is not installed, or not where it should be.`, {
    retry: 'after-user',
  });

export const programFailed = (program: string, what: string): PorchlightError =>
  new PorchlightError('usb.program-failed', `${program}: ${what}`);

/** What the kernel refused, in words that lead on. */
export function fromErrno(where: string, cause: unknown): PorchlightError {
  switch (errorCode(cause)) {
    case 'EACCES':
    case 'EPERM': {
      const message = `No permission to switch ${where}. ${permissionRemedy}`;
      return new PorchlightError('usb.not-permitted', message, { retry: 'after-user', cause });
    }
    case 'EROFS': {
      const message = `${where}: sysfs is mounted read-only, as in most containers. Run this on the machine itself.`;
      return new PorchlightError('usb.read-only', message, { retry: 'after-user', cause });
    }
    case 'ENODEV':
    case 'ENOENT':
      return new PorchlightError('usb.gone', `${where} is not there any more.`, { cause });
    default:
      return new PorchlightError('usb.failed', `${where} could not be switched.`, { cause });
  }
}

export const stopped = (): PorchlightError => new PorchlightError('usb.stopped', 'The service is stopping.');
