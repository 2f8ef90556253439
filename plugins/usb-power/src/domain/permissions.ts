/** For whom the files are made. */
export interface PermissionTarget {
  /** The account that runs the service. */
  user: string;
  /** The systemd unit: homebridge or porchlight. */
  unit: string;
}

export interface PermissionFile {
  path: string;
  text: string;
}

const group = 'plugdev';

/** The files that give a service the right to switch ports, and no more than that. */
export function listPermissionFiles({ unit }: PermissionTarget): PermissionFile[] {
  return [
    { path: '/etc/udev/rules.d/52-porchlight-usb.rules', text: udevRules() },
    { path: `/etc/systemd/system/${unit}.service.d/porchlight-usb.conf`, text: serviceOverride() },
  ];
}

/** What to type so that the files take effect. */
export function listPermissionCommands({ unit, user }: PermissionTarget): string[] {
  return [
    `sudo groupadd --system --force ${group}`,
    `sudo usermod --append --groups ${group} ${user}`,
    'sudo udevadm control --reload',
    'sudo udevadm trigger --attr-match=subsystem=usb',
    'sudo systemctl daemon-reload',
    `sudo systemctl restart ${unit}`,
  ];
}

/** The switches of hub ports for the group, and the hubs' own nodes, which uhubctl uses. */
function udevRules(): string {
  const hubs = 'ACTION!="remove", SUBSYSTEM=="usb", DRIVER=="hub|usb"';
  // A port lies in the folder of the hub's interface; the event may be that of the hub itself.
  const files = '$sys$devpath/*-port*/disable $sys$devpath/*:*/*-port*/disable';
  const give = `[ -f $$f ] && chgrp ${group} $$f && chmod 0660 $$f`;
  return [
    '# Lets a group switch the power of USB hub ports.',
    `${hubs}, MODE="0664", GROUP="${group}"`,
    `${hubs}, RUN+="/bin/sh -c 'for f in ${files}; do ${give}; done; true'"`,
    '',
  ].join('\n');
}

/** bind and unbind belong to no device, so that no udev rule reaches them; the plus sign runs that line as root. */
function serviceOverride(): string {
  const files = '/sys/bus/usb/drivers/usb/bind /sys/bus/usb/drivers/usb/unbind';
  return [
    '[Service]',
    `SupplementaryGroups=${group}`,
    '# Only for the driver bind-unbind:',
    `ExecStartPre=-+/bin/sh -c 'chgrp ${group} ${files} && chmod 0220 ${files}'`,
    '# Keeps /sys writable where a unit hardens itself:',
    'ProtectKernelTunables=no',
    '',
  ].join('\n');
}
