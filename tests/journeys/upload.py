"""Files as a browser is given them."""


def file(name, content, media_type="application/pdf"):
    return {"name": name, "mimeType": media_type, "buffer": content}
