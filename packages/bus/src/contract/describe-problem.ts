import { describeError } from '@porchlight/core';
import * as z from 'zod';

/** What does not fit the contract: the field and what is wrong with it. */
export function describeProblem(error: unknown): string {
  const issue = error instanceof z.core.$ZodError ? error.issues[0] : undefined;
  return issue ? `${issue.path.join('.') || 'payload'}: ${issue.message}` : describeError(error);
}
