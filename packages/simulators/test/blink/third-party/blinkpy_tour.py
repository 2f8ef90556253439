"""Lets blinkpy, unchanged, use the simulated Blink cloud; prints each step, ends with 1 when one fails.

usage: blinkpy_tour.py <port> <certificate.pem>
"""

import asyncio
import json
import logging
import socket
import ssl
import sys
import tempfile
import time
from pathlib import Path

import aiohttp
import blinkpy
from aiohttp.abc import AbstractResolver
from blinkpy.auth import Auth, BlinkTwoFARequiredError
from blinkpy.blinkpy import Blink

PORT, CERTIFICATE = int(sys.argv[1]), sys.argv[2]
failures = 0


class Loopback(AbstractResolver):
    """Every host name is the simulator."""

    async def resolve(self, host, port=0, family=socket.AF_INET):
        return [
            {
                "hostname": host,
                "host": "127.0.0.1",
                "port": PORT,
                "family": socket.AF_INET,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST,
            }
        ]

    async def close(self):
        pass


def check(what, good, seen=""):
    global failures
    failures += not good
    print(f"{'ok  ' if good else 'FAIL'} {what} {seen}", flush=True)


def connect():
    context = ssl.create_default_context(cafile=CERTIFICATE)
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=Loopback(), ssl=context))


async def tell(session, **order):
    url = "https://api.oauth.blink.com/simulator"
    async with session.post(url, data=json.dumps(order)) as answer:
        return await answer.json()


async def look(session):
    async with session.get("https://api.oauth.blink.com/simulator") as answer:
        return await answer.json()


async def sign_in(session):
    blink = Blink(session=session, refresh_rate=1)
    login = {"username": "owner@example.com", "password": "correct horse"}
    blink.auth = Auth(login, no_prompt=True, session=session)
    try:
        await blink.start()
        check("a PIN is asked for", False)
    except BlinkTwoFARequiredError:
        pin = (await look(session))["pin"]
        check("a wrong PIN is refused", not await blink.auth.complete_2fa_login("000000"))
        check("signed in with the PIN", await blink.send_2fa_code(pin))
    return blink


async def see_cameras(blink):
    names = sorted(camera.name for camera in blink.cameras.values())
    check("cameras, without the one of version 4 only", len(names) == 10 and "Porch" not in names, names)
    yard = blink.cameras["Yard"]
    check("temperature", (yard.temperature, yard.temperature_calibrated) == (71, 68), yard.attributes["temperature_c"])
    check("battery", yard.battery == "ok" and blink.cameras["Gate"].battery == "low")
    check("networks", len(blink.sync) == 4, list(blink.sync))
    check("all available", all(sync.available for sync in blink.sync.values()))
    check("thumbnails cached", all(camera.image_from_cache[:2] == b"\xff\xd8" for camera in blink.cameras.values()))


async def give_orders(blink):
    home = blink.sync["Home"]
    await home.async_arm(False)
    await blink.refresh(force=True)
    check("disarmed", home.arm is False)
    await home.async_arm(True)
    await blink.refresh(force=True)
    check("armed", home.arm is True)
    for name in ("Yard", "Hall", "Front Door"):
        camera = blink.cameras[name]
        await camera.async_arm(False)
        await blink.refresh(force=True)
        check(f"motion off: {name}", camera.motion_enabled is False)
        await camera.async_arm(True)
    before = blink.cameras["Yard"].image_from_cache
    await blink.cameras["Yard"].snap_picture()
    await blink.refresh(force=True)
    check("a new snapshot", blink.cameras["Yard"].image_from_cache != before)
    light = await blink.cameras["Hall"].night_vision
    check("night vision", light["illuminator_enable"] == "auto", light)
    await blink.cameras["Yard"].async_set_night_vision("off")
    await asyncio.sleep(4)
    check("night vision set", (await blink.cameras["Yard"].night_vision)["illuminator_enable"] == "off")


async def see_motion(blink, session, folder):
    started = time.time() - 1
    await blink.refresh(force=True)
    # It overlooks what happens in the second of a refresh.
    await asyncio.sleep(2)
    await tell(session, do="trigger", camera=4001)
    seen = (await tell(session, do="trigger", camera=5001))["row"]
    check("motion happens", isinstance(seen, int))
    await asyncio.sleep(10)
    await blink.refresh(force=True)
    check("motion seen", blink.cameras["Yard"].motion_detected and blink.cameras["Hall"].motion_detected)
    check("motion not seen elsewhere", not blink.cameras["Garage"].motion_detected)
    since = time.strftime("%Y-%m-%d %H:%M:%S+0000", time.gmtime(started))
    rows = await blink.get_videos_metadata(since=since, stop=5)
    check("videos listed", sorted(row["device_name"] for row in rows) == ["Hall", "Yard"])
    await blink.download_videos(folder, since=since, delay=0)
    clips = list(Path(folder).glob("*.mp4"))
    check("clips downloaded", len(clips) == 2 and all(b"ftyp" in clip.read_bytes()[:12] for clip in clips))
    await blink.cameras["Yard"].video_to_file(f"{folder}/last.mp4")
    check("last clip", Path(folder, "last.mp4").stat().st_size > 1000)


async def see_usb(blink, session, folder):
    cabin = blink.sync["Cabin"]
    await asyncio.sleep(2)
    await tell(session, do="trigger", camera=4003)
    await asyncio.sleep(10)
    await blink.refresh(force=True)
    items = list(cabin._local_storage["manifest"])
    check("USB manifest", [item.name for item in items] == ["Shed"], items)
    check("USB motion", blink.cameras["Shed"].motion_detected)
    done = await items[0].download_video_delete(blink, f"{folder}/usb.mp4")
    check("USB clip downloaded and deleted", done and b"ftyp" in Path(folder, "usb.mp4").read_bytes()[:12])


async def see_live(blink):
    stream = await blink.cameras["Yard"].init_livestream()
    await stream.start()
    feed = asyncio.create_task(stream.feed())
    host, port = stream.socket.getsockname()
    reader, writer = await asyncio.open_connection(host, port)
    seen = await asyncio.wait_for(reader.readexactly(188 * 40), timeout=10)
    check("live view", all(seen[at] == 0x47 for at in range(0, len(seen), 188)), f"{len(seen)} bytes")
    writer.close()
    stream.stop()
    feed.cancel()
    await asyncio.gather(feed, return_exceptions=True)


async def stay_signed_in(blink, session):
    old = blink.auth.refresh_token
    blink.auth.expiration_date = time.time()
    await blink.refresh(force=True)
    check("refresh token rotated", blink.auth.refresh_token != old)
    again = Auth(dict(blink.auth.login_attributes), no_prompt=True, session=session)
    await again.startup()
    check("signed in without a PIN after a restart", again.token is not None)
    spent = await blinkpy.api.oauth_refresh_token(again, old, again.hardware_id)
    check("the used refresh token is refused", spent is None)


async def main():
    logging.basicConfig(level=logging.CRITICAL)
    async with connect() as session:
        with tempfile.TemporaryDirectory() as folder:
            blink = await sign_in(session)
            await see_cameras(blink)
            await give_orders(blink)
            await see_motion(blink, session, folder)
            await see_usb(blink, session, folder)
            await see_live(blink)
            await stay_signed_in(blink, session)
        seen = await look(session)
        print(f"{sum(seen['requests'].values())} requests, {len(seen['requests'])} routes, {failures} failures")


asyncio.run(main())
sys.exit(failures > 0)
