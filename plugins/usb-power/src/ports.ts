import type { DriverName } from './domain/choose-driver.ts';

/** A switch of power, whatever is behind it. */
export interface PowerPort {
  /** What the hardware says now, also when somebody else switched it. */
  read(): Promise<boolean>;
  /** Resolves when the hardware says so itself. Rejects with `usb.refused` when others would lose power. */
  set(on: boolean): Promise<void>;
  close(): Promise<void>;
}

/** A lamp's switch, found and opened. */
export interface OpenedPort {
  power: PowerPort;
  driver: DriverName;
  /** For people: `port 1-1.4`, `GPIO 17`. */
  where: string;
  /** Why this driver, for people. */
  why: string;
  /** Whether it may well do nothing that is visible. */
  isDoubtful: boolean;
  /** Whether each reading starts a program. */
  isCostly: boolean;
  /** The USB port, where there is one. */
  port?: string;
}

/** Finds a lamp's switch. */
export interface PowerFinder {
  /** `remembered`: where a lamp that is known by its identity was found last. */
  open(remembered?: string): Promise<OpenedPort>;
}
