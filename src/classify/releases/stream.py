from classify.releases.drafts import Drafts


def drafts(content): return Drafts()
