import { errorCode } from '@porchlight/core';
import type { HAP, HapStatusError } from 'homebridge';

const serviceCommunicationFailure = -70402;
const operationTimedOut = -70408;

/** Apple Home's "No Response". */
export function noResponse(hap: HAP): HapStatusError {
  return new hap.HapStatusError(serviceCommunicationFailure);
}

/** The device may still do what was asked. */
export function timedOut(hap: HAP): HapStatusError {
  return new hap.HapStatusError(operationTimedOut);
}

/** What HomeKit is told about a command that failed. */
export function toHapError(hap: HAP, error: unknown): HapStatusError {
  return errorCode(error)?.endsWith('timeout') ? timedOut(hap) : noResponse(hap);
}
