"""A plain Flask service, with one route that its probe does not visit."""

import sqlite3
import zoneinfo
from datetime import datetime

from flask import Flask, jsonify, render_template_string, request

app = Flask(__name__)


@app.get("/")
def index():
    return render_template_string("<h1>Hello, {{ name }}</h1>", name=request.args.get("name", "world"))


@app.get("/time")
def time():
    zone = request.args.get("zone", "Europe/Berlin")
    try:
        there = zoneinfo.ZoneInfo(zone)
    except zoneinfo.ZoneInfoNotFoundError:
        return jsonify(error=f"no zone {zone!r}"), 404
    return jsonify(offset=datetime(2026, 7, 1, tzinfo=there).utcoffset().total_seconds())


@app.post("/notes")
def notes():
    note = request.get_json()["note"]
    with sqlite3.connect(":memory:") as store:
        store.execute("create table notes (text)")
        store.execute("insert into notes values (?)", [note])
        return jsonify(store.execute("select upper(text) from notes").fetchone()[0])


@app.get("/down")
def down():
    raise RuntimeError("the route that always fails")
